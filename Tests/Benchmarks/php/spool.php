<?php
// A collector as a PHP developer would write it well: checks the event, keeps it durably, answers.
//
// Choices: a persistent PDO connection (one for each worker, opened once); WAL, which lets a commit be one fdatasync;
// synchronous=FULL, because a 200 means "on the disk" here as well; a prepared statement; duplicates refused by a
// unique index in the same statement, which is also the transaction; 5 s of patience for the lock. The table is the
// queue that people write: a number for the order, and the message id.
declare(strict_types=1);

function answer(int $status, string $body): never
{
    http_response_code($status);
    header('Content-Type: application/json');
    header('Content-Length: ' . strlen($body));
    echo $body;
    exit;
}

$text = file_get_contents('php://input');
$event = json_decode($text, true, 128);
if (!is_array($event) || !is_string($event['event'] ?? null) || !is_string($event['userId'] ?? null)) {
    answer(400, '{"success":false,"code":"bad_event"}');
}
if (($_SERVER['HTTP_AUTHORIZATION'] ?? '') !== $_SERVER['BENCH_AUTHORIZATION']) {
    answer(400, '{"success":false,"code":"bad_key"}');
}

try {
    $database = new PDO('sqlite:' . $_SERVER['BENCH_DATABASE'], null, null, [
        PDO::ATTR_PERSISTENT => true,
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_TIMEOUT => 5,
    ]);
    // Costs no disk. A persistent connection keeps it, but does not tell whether it is a new one.
    $database->exec('PRAGMA synchronous=FULL');
    $insert = $database->prepare(
        'INSERT OR IGNORE INTO calls (message_id, user_id, received_at, body) VALUES (?, ?, ?, ?)'
    );
    $insert->execute([$event['messageId'], $event['userId'], (int) (microtime(true) * 1000), $text]);
} catch (PDOException $exception) {
    error_log($exception->getMessage());
    answer(429, '{"success":false,"code":"busy"}');
}
answer(200, '{"success":true}');
