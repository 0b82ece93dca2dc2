<?php
// The other way that is common: no queue, the event is posted on while the client waits. What Hydra has answered 200 is
// Hydra's, so this too is durable before the 200, as far as Hydra is.
//
// Choices: curl's handle dies with the request in PHP 8.2 (connections that outlive a request came with 8.5), so each
// request connects; plain HTTP to the same machine, which costs least.
declare(strict_types=1);

$text = file_get_contents('php://input');
$event = json_decode($text, true, 128);
$status = 400;
$body = '{"success":false,"code":"bad_event"}';
if (is_array($event) && is_string($event['event'] ?? null) && is_string($event['userId'] ?? null)
    && ($_SERVER['HTTP_AUTHORIZATION'] ?? '') === $_SERVER['BENCH_AUTHORIZATION']) {
    $curl = curl_init($_SERVER['BENCH_HYDRA'] . '/v1/track');
    curl_setopt_array($curl, [
        CURLOPT_POSTFIELDS => $text,
        CURLOPT_HTTPHEADER => ['Content-Type: application/json', 'Idempotency-Key: ' . $event['messageId'], 'Expect:'],
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 10,
    ]);
    curl_exec($curl);
    if (curl_getinfo($curl, CURLINFO_RESPONSE_CODE) === 200) {
        $status = 200;
        $body = '{"success":true}';
    } else {
        $status = 429;
        $body = '{"success":false,"code":"unavailable"}';
    }
}
http_response_code($status);
header('Content-Type: application/json');
header('Content-Length: ' . strlen($body));
echo $body;
