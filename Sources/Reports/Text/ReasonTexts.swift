/// Why a write is in doubt, in one language. English is what the ledger keeps.
enum ReasonTexts {
    /// A reason, as far as it can be said in the language.
    static func text(_ reason: String, _ language: Language) -> String {
        guard language == .dutch else { return reason }
        return dutch.reduce(reason) { text, part in text.replacing(part.english, with: part.dutch) }
    }

    /// Parts of reasons; a longer one comes before those that it contains.
    private static let dutch: [(english: String, dutch: String)] = [
        (
            "not found, and no other record of ours is there to show that a look-up would find it",
            "niet gevonden, en er is geen ander record van ons waaraan te zien is dat opzoeken werkt"
        ),
        (
            "not found, but neither is a record that is known to be there",
            "niet gevonden, maar een record dat er zeker is ook niet"
        ),
        ("looked up: not there", "opgezocht: niet aanwezig"),
        (
            "not confirmed, and sending it again could add twice",
            "niet bevestigd, en opnieuw verzenden zou het dubbel kunnen toevoegen"
        ),
        ("not confirmed; whole values are sent again", "niet bevestigd; de hele waarden worden opnieuw verzonden"),
        ("could be it, and is not the only one", "kan het zijn, en is niet de enige"),
        ("its id is new and its date is not", "het id is nieuw en de datum niet"),
        ("its date is new and its id is not", "de datum is nieuw en het id niet"),
        ("differs in ", "verschilt in "),
        ("without the new record's id", "zonder id van het nieuwe record"),
        ("with JSON of another form", "met JSON van een andere vorm"),
        ("whose body says that it succeeded", "waarvan de inhoud zegt dat het gelukt is"),
        ("the server gave up waiting", "de server wachtte niet langer"),
        ("the connection was closed", "de verbinding werd verbroken"), ("timed out", "geen antwoord op tijd"),
        ("without JSON: an empty answer", "zonder JSON: een leeg antwoord"),
        ("without JSON: an answer of ", "zonder JSON: een antwoord van "),
        (" bytes that is not JSON", " bytes dat geen JSON is"),
        ("customers ", "klant "), ("products ", "product "), ("offers ", "offerte "), ("suppliers ", "leverancier "),
    ]
}
