/// The fixed texts of a plan's page in one language.
struct PlanTexts: Sendable {
    let title: String
    let verdict: (one: String, many: String)
    let verdictNothing: String
    let price: (one: String, many: String)
    let finish: String
    let masked: String
    let guards: String
    let sideEffects: String
    let emails: (one: String, many: String)
    let deactivations: (one: String, many: String)
    let emptied: (one: String, many: String)
    let drift: String
    let drifted: (one: String, many: String)
    let gone: (one: String, many: String)
    let assumptions: String
    let notes: String
    let totals: String
    let action: String
    let records: String
    let actions: [String: String]
    let requests: String
    let requestsNote: String
    let quietCaption: String
    let id: String
    let what: String
    let was: String
    let becomes: String
    let moreFields: (one: String, many: String)
    let edited: String
    let isGone: String
    let noKey: String
    let reference: String
    let lookup: String
    let capped: String
    let nothing: String

    static func of(_ language: Language) -> PlanTexts { language == .dutch ? dutch : english }

    static let english = PlanTexts(
        title: "Plan",
        verdict: ("A run would change {0} record", "A run would change {0} records"),
        verdictNothing: "A run would change nothing",
        price: ("It takes {0} request and {1}.", "It takes {0} requests and {1}."),
        finish: "Begun now, it ends on {0}.",
        masked: "Values are hidden; keys and the names of fields are shown.",
        guards: "A run would stop",
        sideEffects: "What it sets off",
        emails: ("{0} offer will e-mail a customer.", "{0} offers will e-mail a customer."),
        deactivations: ("{0} product is deactivated.", "{0} products are deactivated."),
        emptied: ("{1} is emptied of {0} record.", "{1} is emptied of {0} records."),
        drift: "Edited in Salesdock",
        drifted: (
            "{0} record was edited in Salesdock since it was written.",
            "{0} records were edited in Salesdock since they were written."
        ),
        gone: ("{0} record is not in Salesdock any more.", "{0} records are not in Salesdock any more."),
        assumptions: "Taken for granted", notes: "Please note",
        totals: "What becomes of the records", action: "What becomes of it", records: "Records",
        actions: [
            "create": "created", "adopt": "taken over from Salesdock", "update": "updated", "unchanged": "unchanged",
            "deactivate": "deactivated", "parked": "waits for another record", "rejected": "needs a correction",
            "duplicate": "duplicate", "filtered": "left out by a filter", "in_doubt": "in doubt",
        ],
        requests: "Requests by kind", requestsNote: "At {0} requests a minute: {1}.",
        quietCaption: "Those of which something is to be said.",
        id: "Salesdock id", what: "What changes", was: "was", becomes: "becomes",
        moreFields: ("{0} more field is not shown.", "{0} more fields are not shown."),
        edited: "edited in Salesdock", isGone: "Not in Salesdock any more.", noKey: "no key",
        reference: "the id of {0} {1}, which this plan creates", lookup: "the id of {0} with {1} {2}",
        capped: "The whole plan: dockhand plan --format json, or --out.", nothing: "empty")

    static let dutch = PlanTexts(
        title: "Plan",
        verdict: ("Bij het laden zou {0} record veranderen", "Bij het laden zouden {0} records veranderen"),
        verdictNothing: "Bij het laden zou niets veranderen",
        price: ("Daarvoor is {0} verzoek nodig, en {1}.", "Daarvoor zijn {0} verzoeken nodig, en {1}."),
        finish: "Als het nu begint, is het klaar op {0}.",
        masked: "Waarden zijn verborgen; sleutels en namen van velden staan er wel.",
        guards: "Het laden zou worden tegengehouden",
        sideEffects: "Wat het in gang zet",
        emails: ("{0} offerte zal een klant e-mailen.", "{0} offertes zullen een klant e-mailen."),
        deactivations: ("{0} product wordt gedeactiveerd.", "{0} producten worden gedeactiveerd."),
        emptied: ("{1} wordt leeg bij {0} record.", "{1} wordt leeg bij {0} records."),
        drift: "Gewijzigd in Salesdock",
        drifted: (
            "{0} record is in Salesdock gewijzigd sinds het is geschreven.",
            "{0} records zijn in Salesdock gewijzigd sinds ze zijn geschreven."
        ),
        gone: ("{0} record staat niet meer in Salesdock.", "{0} records staan niet meer in Salesdock."),
        assumptions: "Wat is aangenomen", notes: "Let op",
        totals: "Wat er met de records gebeurt", action: "Wat ermee gebeurt", records: "Records",
        actions: [
            "create": "aangemaakt", "adopt": "overgenomen uit Salesdock", "update": "bijgewerkt",
            "unchanged": "ongewijzigd", "deactivate": "gedeactiveerd", "parked": "wacht op een ander record",
            "rejected": "moet worden verbeterd", "duplicate": "dubbel", "filtered": "weggelaten door een filter",
            "in_doubt": "onzeker",
        ],
        requests: "Verzoeken per soort", requestsNote: "Bij {0} verzoeken per minuut: {1}.",
        quietCaption: "Die waarover iets te zeggen is.",
        id: "Salesdock-id", what: "Wat er verandert", was: "was", becomes: "wordt",
        moreFields: ("{0} ander veld staat hier niet.", "{0} andere velden staan hier niet."),
        edited: "gewijzigd in Salesdock", isGone: "Staat niet meer in Salesdock.", noKey: "geen sleutel",
        reference: "het id van {0} {1}, dat dit plan aanmaakt", lookup: "het id van {0} met {1} {2}",
        capped: "Het hele plan: dockhand plan --format json, of --out.", nothing: "leeg")
}
