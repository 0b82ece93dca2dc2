/// Mail services for everybody: an address there says nothing about an employer.
enum FreeMailDomains {
    /// - Parameter domain: a registrable domain, lower-cased.
    static func contains(_ domain: String) -> Bool {
        if self.domains.contains(domain) { return true }
        return domain.split(separator: ".").first.map { self.families.contains(String($0)) } ?? false
    }

    /// Services that use their name under many top-level domains (`yahoo.co.jp`, `hotmail.fr`): the first label
    /// decides.
    private static let families: Set<String> = ["gmail", "googlemail", "hotmail", "live", "outlook", "yahoo", "ymail"]

    /// Written for this program, no other list stands behind it: the large free services of the world, the mail of
    /// the large access providers, and well-known throw-away services.
    private static let domains: Set<String> = Set(
        """
        126.com 139.com 163.com 1und1.de 21cn.com abv.bg aim.com alice.it aliyun.com aol.com aol.de arcor.de att.net
        bell.net bellsouth.net bigmir.net bigpond.com bk.ru bluewin.ch bol.com.br btinternet.com caramail.com centrum.cz
        charter.net comcast.net cox.net daum.net disroot.org duck.com earthlink.net email.cz email.de email.it
        eresmas.com ewetel.de fastmail.com fastmail.fm foxmail.com free.fr freemail.hu freenet.de freenet.net frontier.com
        gmx.at gmx.ch gmx.com gmx.de gmx.net gmx.us gmx.fr gmx.co.uk hanmail.net hey.com hushmail.com hush.com i.ua
        icloud.com ig.com.br inbox.com inbox.lv inbox.ru interia.pl juno.com kakao.com kolabnow.com laposte.net
        libero.it list.ru lycos.com mac.com mail.bg mail.com mail.de mail.ee mail.ru mailbox.org mailfence.com me.com
        msn.com nate.com naver.com netscape.net netzero.net ntlworld.com o2.pl onet.eu onet.pl op.pl optonline.net
        optusnet.com.au orange.fr pm.me pobox.com posteo.de posteo.net posteo.org post.cz proton.me protonmail.ch
        protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com rogers.com runbox.com sapo.pt sbcglobal.net
        seznam.cz sfr.fr shaw.ca sina.cn sina.com skynet.be sohu.com startmail.com sympatico.ca t-online.de talk21.com
        telefonica.net telenet.be telus.net terra.com terra.com.br tin.it tiscali.co.uk tiscali.it tlen.pl tom.com tuta.com
        tuta.io tutamail.com tutanota.com tutanota.de uol.com.br ukr.net verizon.net virgilio.it virginmedia.com wanadoo.fr
        web.de windstream.net wp.pl xtra.co.nz yandex.by yandex.com yandex.kz yandex.ru yandex.ua yeah.net zoho.com
        zohomail.com zonnet.nl
        10minutemail.com dispostable.com fakeinbox.com getnada.com grr.la guerrillamail.com guerrillamail.net
        mailcatch.com maildrop.cc mailinator.com mailnesia.com mintemail.com moakt.com mohmal.com sharklasers.com
        spamgourmet.com temp-mail.org tempmail.com throwawaymail.com trashmail.com trashmail.de yopmail.com
        """
        .split(whereSeparator: \.isWhitespace).map(String.init)
    )
}
