public import Records

/// What guards and stops say, in one language. English is what the run says itself.
public enum NoticeTexts {
    /// The messages with those in another language that can be said in it.
    public static func messages(_ messages: [String], _ notices: [Notice], _ language: Language) -> [String] {
        guard language == .dutch else { return messages }
        let known = Dictionary(notices.map { ($0.text, $0) }, uniquingKeysWith: { first, _ in first })
        return messages.map { message in known[message].map(text) ?? message }
    }

    /// Notices in a language.
    public static func texts(_ notices: [Notice], _ language: Language) -> [String] {
        notices.map { language == .dutch ? text($0) : $0.text }
    }

    private static func text(_ notice: Notice) -> String {
        guard var text = dutch[notice.code] else { return notice.text }
        for (index, argument) in notice.arguments.enumerated() { text = text.replacing("{\(index)}", with: argument) }
        return text
    }

    static let dutch: [String: String] = [
        "guard.max_errors":
            "{0} van de {1} rijen zijn afgekeurd, meer dan max_errors {2} toestaat; er is niets verzonden. Verbeter het bestand, of verhoog de grens met --max-errors",
        "guard.max_errors_dry":
            "{0} van de {1} rijen zijn afgekeurd, meer dan max_errors {2} toestaat; bij het laden zou niets worden verzonden. Verbeter het bestand, of verhoog de grens met --max-errors",
        "guard.emails":
            "Bij {0} offertes ontbreekt contract_date, zodat Salesdock {0} klanten zou e-mailen; er is niets verzonden. Vul contract_date en contract_pdf voor afgeronde offertes, of sta het toe met --allow email={0}",
        "guard.moved":
            "Pipeline {0} heeft eerder geschreven naar {1} op {2}, en van het account dat nu is ingesteld weet het grootboek niets: {3} records zouden worden aangemaakt; er is niets verzonden. Is het hetzelfde account, verbeter dan base en domain, of gebruik --rebuild, dat eerst elk record opzoekt; is het een ander, sta het dan toe met --allow create={3}",
        "guard.rebuild":
            "Het grootboek wordt opnieuw opgebouwd, en tot {0} records zouden worden aangemaakt waar niets wordt gevonden; er is niets verzonden. Sta het toe met --allow create={0}",
        "guard.max_changes":
            "{0} van de {1} records zouden veranderen, meer dan max_changes {2} toestaat; er is niets verzonden. Bekijk de bron, of verhoog de grens",
        "guard.max_missing":
            "{0} van de {1} producten ({2}) ontbreken in de bron, meer dan max_missing {3} toestaat; er is niets verzonden. Bekijk de bron, of verhoog de grens",
        "guard.deactivate":
            "In de bron ontbreken {0} producten, die zouden worden gedeactiveerd ({1}); er is niets verzonden. Sta het toe met --allow deactivate={0}",
        "guard.renamed":
            "Pipeline {0} is nieuw voor het grootboek, en {1} van de {2} sleutels horen bij {3}: laden zou ze opnieuw aanmaken. Is hij hernoemd, gebruik dan --renamed-from {3}; is het een andere lijst, --renamed-from none",
        "assumed.new": "het grootboek kent {0} op {1} niet, dus elk record geldt als nieuw",
        "assumed.host": "de host is {0}",
        "assumed.unmatched":
            "er is niet gekeken of Salesdock de nieuwe records al heeft; bij het laden gebeurt dat wel, en het stopt waar het er een vindt",
        "assumed.lookups":
            "bestaande zaken zijn niet opgezocht; van bekende records wordt aangenomen dat ze zijn zoals ze waren",
        "assumed.customers":
            "aangenomen is dat Salesdock net zoveel klanten heeft als het grootboek, voor wat het vergelijken kost",
        "assumed.offers":
            "offertes zijn niet vergeleken met Salesdock, dat ze niet toont zoals ze worden geschreven",
        "input.empty": "de bron van {0} bevat geen records",
        "stopped.signal": "gestopt door een signaal; start opnieuw om verder te gaan",
        "stopped.deadline": "gestopt op de afgesproken tijd; start opnieuw om verder te gaan",
        "stopped.max_requests": "gestopt na --max-requests; start opnieuw om verder te gaan",
        "stopped.dry": "gestopt voor het einde van de bron: dit gaat over de rijen die tot dan toe zijn gelezen",
        "run.input_changed": "de bron veranderde terwijl hij werd gelezen; start opnieuw zodra hij volledig is",
        "run.gone":
            "{0} van de producten die niet meer op de lijst staan, waren in Salesdock al verwijderd; ze worden niet meer gezocht",
        "run.killed":
            "Deze uitvoering is afgebroken, of nog bezig: het rapport heeft wat het grootboek ervan weet. Rijen die al goed waren, zijn weggelaten of niet aan de beurt kwamen, staan er niet in; start opnieuw om verder te gaan",
    ]
}
