import Testing

@testable import HydraDataPoints

/// Whose mail says where somebody works. The lists here were written from memory of what providers there are, not from
/// the data files.
@Suite struct MailDomainsTests {
    private static let consumer = """
        gmail.com googlemail.com yahoo.com hotmail.com outlook.com aol.com icloud.com me.com mac.com msn.com live.com
        mail.com gmx.com gmx.net gmx.de gmx.at gmx.ch web.de t-online.de freenet.de arcor.de protonmail.com proton.me pm.me
        tutanota.com tuta.com fastmail.com fastmail.fm zoho.com yandex.ru yandex.com ya.ru mail.ru bk.ru list.ru inbox.ru
        rambler.ru ukr.net i.ua meta.ua tut.by abv.bg mail.bg seznam.cz centrum.cz email.cz post.cz volny.cz azet.sk
        zoznam.sk wp.pl o2.pl onet.pl op.pl interia.pl tlen.pl gazeta.pl vp.pl poczta.onet.pl libero.it virgilio.it
        alice.it tin.it tiscali.it fastwebnet.it inwind.it orange.fr wanadoo.fr free.fr sfr.fr laposte.net neuf.fr
        bbox.fr numericable.fr club-internet.fr aliceadsl.fr voila.fr yahoo.fr yahoo.co.uk yahoo.de yahoo.es yahoo.it
        yahoo.ca yahoo.com.au yahoo.com.br yahoo.com.mx yahoo.com.ar yahoo.co.in yahoo.in yahoo.co.jp yahoo.co.id
        yahoo.com.sg yahoo.com.hk yahoo.com.tw yahoo.com.ph yahoo.com.vn yahoo.co.nz yahoo.co.za yahoo.se yahoo.dk
        yahoo.no yahoo.gr yahoo.ie yahoo.pl yahoo.ro yahoo.com.tr yahoo.co.th yahoo.com.my ymail.com rocketmail.com
        hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es hotmail.nl hotmail.be hotmail.se hotmail.no hotmail.dk
        hotmail.com.br hotmail.com.ar hotmail.com.tr hotmail.com.au hotmail.co.jp hotmail.co.nz hotmail.co.za hotmail.ca
        hotmail.gr hotmail.ch hotmail.fi live.co.uk live.com.au live.fr live.de live.it live.nl live.be live.se live.no
        live.dk live.ca live.com.mx live.com.ar live.com.pt live.cn live.jp live.in live.ie live.at live.com.my
        live.co.za outlook.fr outlook.de outlook.es outlook.it outlook.pt outlook.com.br outlook.com.au outlook.co.id
        outlook.jp outlook.kr outlook.in outlook.com.tr outlook.ie outlook.be outlook.dk outlook.sa outlook.com.gr
        windowslive.com passport.com aol.co.uk aol.fr aol.de verizon.net comcast.net att.net sbcglobal.net bellsouth.net
        cox.net charter.net earthlink.net optonline.net optimum.net frontiernet.net windstream.net centurylink.net
        centurytel.net embarqmail.com suddenlink.net mindspring.com juno.com netzero.net roadrunner.com rr.com
        twc.com tampabay.rr.com pacbell.net ameritech.net swbell.net snet.net prodigy.net q.com rcn.com wowway.com
        mchsi.com mediacombb.net cableone.net tds.net netscape.net peoplepc.com rogers.com shaw.ca sympatico.ca bell.net
        telus.net videotron.ca cogeco.ca eastlink.ca sasktel.net mts.net teksavvy.com btinternet.com btopenworld.com
        virginmedia.com virgin.net ntlworld.com blueyonder.co.uk talktalk.net talk21.com sky.com tiscali.co.uk
        o2.co.uk plus.com plusnet.com eircom.net xs4all.nl ziggo.nl home.nl planet.nl kpnmail.nl hetnet.nl chello.nl
        upcmail.nl casema.nl quicknet.nl tele2.nl zonnet.nl wxs.nl telenet.be skynet.be scarlet.be proximus.be voo.be
        pandora.be bluewin.ch hispeed.ch sunrise.ch aon.at chello.at a1.net utanet.at netcologne.de ewetel.net
        kabelmail.de unitybox.de vodafonemail.de o2online.de o2mail.de alice-dsl.net versanet.de telia.com comhem.se
        bredband.net spray.se tele2.se swipnet.se online.no broadpark.no start.no frisurf.no c2i.net mail.dk tdcadsl.dk
        jubii.dk ofir.dk webspeed.dk stofanet.dk elisanet.fi kolumbus.fi luukku.com pp.inet.fi saunalahti.fi suomi24.fi
        sapo.pt netcabo.pt iol.pt clix.pt telefonica.net movistar.es ono.com terra.es wanadoo.es orange.es terra.com.br
        uol.com.br bol.com.br ig.com.br globo.com globomail.com r7.com oi.com.br fibertel.com.ar arnet.com.ar
        speedy.com.ar ciudad.com.ar prodigy.net.mx cantv.net adinet.com.uy vtr.net otenet.gr forthnet.gr hol.gr
        freemail.hu citromail.hu t-online.hu indamail.hu mynet.com ttmail.com superonline.com netvision.net.il
        bezeqint.net walla.co.il walla.com 012.net.il maktoob.com emirates.net.ae mweb.co.za telkomsa.net webmail.co.za
        vodamail.co.za iafrica.com rediffmail.com indiatimes.com sify.com in.com bsnl.in qq.com 163.com 126.com 139.com
        189.cn sina.com sina.cn sohu.com yeah.net foxmail.com aliyun.com 21cn.com tom.com hinet.net pchome.com.tw
        seed.net.tw netvigator.com naver.com hanmail.net daum.net nate.com korea.com paran.com nifty.com biglobe.ne.jp
        ocn.ne.jp so-net.ne.jp plala.or.jp docomo.ne.jp ezweb.ne.jp softbank.ne.jp i.softbank.jp au.com excite.co.jp
        infoseek.jp goo.jp singnet.com.sg pacific.net.sg streamyx.com tm.net.my bigpond.com bigpond.net.au optusnet.com.au
        iinet.net.au internode.on.net tpg.com.au westnet.com.au ozemail.com.au dodo.com.au adam.com.au xtra.co.nz
        slingshot.co.nz paradise.net.nz clear.net.nz riseup.net disroot.org mailfence.com startmail.com posteo.de
        posteo.net mailbox.org runbox.com hushmail.com hey.com duck.com passmail.net mozmail.com inbox.lv inbox.com usa.net
        lycos.com excite.com netscape.com usa.com email.com engineer.com consultant.com
        """

    private static let companies = """
        microsoft.com google.com apple.com amazon.com meta.com netflix.com nvidia.com intel.com amd.com ibm.com oracle.com
        sap.com salesforce.com adobe.com cisco.com dell.com hp.com hpe.com lenovo.com samsung.com sony.com panasonic.com
        toshiba.co.jp hitachi.com fujitsu.com nec.com siemens.com bosch.com bmw.de mercedes-benz.com volkswagen.de
        audi.de porsche.de continental.com zf.com basf.com bayer.com henkel.com beiersdorf.com merckgroup.com allianz.com
        munichre.com deutsche-bank.de commerzbank.de telekom.de lufthansa.com dhl.com adidas.com puma.com zalando.de
        otto.de hellofresh.com celonis.com n26.com trivago.com vodafone.com vodafone.co.uk bt.com telstra.com
        team.telstra.com comcast.com cable.comcast.com charter.com cox.com verizon.com t-mobile.com att.com sprint.com
        rci.rogers.com sjrb.ca bell.ca orange.com telefonica.com telefonica.de swisscom.com proximus.com kpn.com
        telenor.com teliacompany.com tdc.dk elisa.fi tim.com.br telecomitalia.it turkcell.com.tr etisalat.ae stc.com.sa
        singtel.com optus.com.au nestle.com novartis.com roche.com ubs.com abb.com zurich.com swissre.com philips.com
        asml.com ing.com rabobank.nl abnamro.nl shell.com unilever.com heineken.com booking.com adyen.com tomtom.com
        akzonobel.com ahold.com ikea.com ericsson.com volvo.com volvocars.com hm.com spotify.com klarna.com atlascopco.com
        sandvik.com skf.com electrolux.com nokia.com kone.com wartsila.com supercell.com novonordisk.com maersk.com
        lego.com carlsberg.com vestas.com equinor.com dnb.no schibsted.com yara.com totalenergies.com airbus.com safran.fr
        renault.com stellantis.com michelin.com loreal.com lvmh.com danone.com carrefour.com axa.com bnpparibas.com
        socgen.com sncf.fr edf.fr engie.com veolia.com capgemini.com atos.net dassault-systemes.com criteo.com doctolib.fr
        santander.com bbva.com caixabank.es iberdrola.es repsol.com inditex.com mapfre.com amadeus.com eni.com enel.com
        intesasanpaolo.com unicredit.eu ferrari.com luxottica.com barilla.com pirelli.com edp.pt galp.com pkobp.pl
        orlen.pl allegro.pl cdprojektred.com skoda-auto.cz avast.com otpbank.hu mol.hu sberbank.ru gazprom.ru
        yandex-team.ru kaspersky.com hsbc.com barclays.com lloydsbanking.com tesco.com sainsburys.co.uk bbc.co.uk
        arm.com rolls-royce.com astrazeneca.com gsk.com diageo.com rbs.co.uk deloitte.com kpmg.com pwc.com ey.com
        accenture.com mckinsey.com bain.com bcg.com jpmorgan.com gs.com citi.com wellsfargo.com bankofamerica.com visa.com
        mastercard.com paypal.com stripe.com squareup.com shopify.com atlassian.com canva.com xero.com airbnb.com uber.com
        lyft.com twilio.com datadoghq.com snowflake.com mongodb.com elastic.co hashicorp.com cloudflare.com github.com
        gitlab.com slack.com zoom.us dropbox.com box.com hubspot.com zendesk.com intercom.io segment.com amplitude.com
        mixpanel.com notion.so figma.com linkedin.com x.com reddit.com wordpress.com automattic.com wix.com squarespace.com
        toyota.com honda.com nissan-global.com mitsubishi.com softbank.co.jp rakuten.com line.me kakaocorp.com navercorp.com
        hyundai.com lg.com sk.com posco.com coupang.com tencent.com alibaba-inc.com baidu.com huawei.com xiaomi.com
        bytedance.com jd.com tsmc.com foxconn.com asus.com acer.com infosys.com tcs.com wipro.com hcl.com ril.com
        flipkart.com grab.com gojek.com petronas.com.my dbs.com bhp.com riotinto.com commbank.com.au nab.com.au anz.com
        woolworths.com.au qantas.com.au fonterra.com airnz.co.nz petrobras.com.br vale.com itau-unibanco.com.br embraer.com.br
        nubank.com.br mercadolibre.com cemex.com bimbo.com mtn.com vodacom.co.za standardbank.co.za naspers.com safaricom.co.ke
        aramco.com emirates.com walmart.com target.com costco.com homedepot.com nike.com coca-cola.com pepsico.com pg.com jnj.com
        pfizer.com merck.com ge.com boeing.com lockheedmartin.com caterpillar.com deere.com ford.com gm.com tesla.com
        exxonmobil.com chevron.com fedex.com ups.com disney.com nytimes.com mit.edu stanford.edu harvard.edu ox.ac.uk
        """

    private static func names(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    @Test func mailOfProvidersNamesNoCompany() {
        let names = Self.names(Self.consumer)
        let wrong = names.filter { EmailAddress("somebody@\($0)")?.workDomain != nil }
        print("consumer mail: \(names.count - wrong.count) of \(names.count) right; not \(wrong)")
        #expect(names.count >= 369)
        #expect(wrong.count * 100 <= names.count * 3)
    }

    @Test func mailOfCompaniesNamesThem() {
        let names = Self.names(Self.companies)
        let wrong = names.filter { EmailAddress("somebody@\($0)")?.workDomain == nil }
        print("company mail: \(names.count - wrong.count) of \(names.count) right; not \(wrong)")
        #expect(names.count >= 200)
        #expect(wrong.count * 100 <= names.count)
    }

    /// Names of brands stand for the service in each country's form, not for whatever has the word.
    @Test(arguments: [
        ("live.com.pe", true), ("yahoo.co.ug", true), ("outlook.com.pe", true), ("hotmail.co.il", true),
        ("mail.live.co.uk", true), ("live.io", false), ("outlook.ai", false), ("livenation.com", false),
        ("myoutlook.com", false),
    ])
    func brandsStandForEveryCountry(host: String, isFree: Bool) {
        #expect(MailDomains.isFree(host) == isFree)
    }

    @Test(arguments: [
        "33mail.com", "tempmail.dev", "burnermail.io", "spamgourmet.com", "luxusmail.org", "mailinator.com",
        "guerrillamail.com", "10minutemail.com", "yopmail.com", "temp-mail.org", "maildrop.cc", "sharklasers.com",
        "dropmail.me", "tempail.com", "mohmal.com", "emailondeck.com", "trashmail.com", "getnada.com", "moakt.cc",
    ])
    func throwAwayMail(host: String) {
        #expect(EmailAddress("a@\(host)")?.kind == .disposable)
    }

    @Test(arguments: [
        "1234+octo@users.noreply.github.com", "octo@users.noreply.gitlab.com", "x@noreply.acme.example",
        "x@bounces.acme.example", "abc@calendar.google.com", "robot@project.iam.gserviceaccount.com",
        "xyz@privaterelay.appleid.com", "list@googlegroups.com", "guest@guest.booking.com", "1@reply.acme.example",
    ])
    func addressesOfProgramsNameNoCompany(text: String) {
        #expect(EmailAddress(text)?.workDomain == nil)
    }

    @Test(arguments: [
        ("j@contoso.onmicrosoft.com", "contoso.onmicrosoft.com"),
        ("j@fabrikam.mail.onmicrosoft.com", "fabrikam.onmicrosoft.com"), ("j@onmicrosoft.com", nil),
        ("j@mail.slack.com", "slack.com"), ("j@zendesk.com", "zendesk.com"), ("j@acme.zendesk.com", "acme.zendesk.com"),
    ])
    func tenantsAreHoldersOfTheirOwn(text: String, domain: String?) {
        #expect(EmailAddress(text)?.workDomain == domain)
    }
}
