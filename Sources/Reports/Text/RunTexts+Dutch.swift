extension RunTexts {
    static let dutch = RunTexts(
        title: "Laadrapport",
        verdictAll: "Alle {0} rijen staan in Salesdock",
        verdictSome: ("{0} van de {1} rijen staat in Salesdock", "{0} van de {1} rijen staan in Salesdock"),
        verdictOnly: ("De enige rij staat in Salesdock", "De enige rij staat niet in Salesdock"),
        verdictNone: "Geen van de {1} rijen staat in Salesdock",
        verdictRefused: "Er is niets verzonden",
        created: ("{0} record is aangemaakt.", "{0} records zijn aangemaakt."),
        updated: ("{0} is bijgewerkt.", "{0} zijn bijgewerkt."),
        unchanged: ("{0} was al zoals het hoort.", "{0} waren al zoals het hoort."),
        parked: ("{0} rij wacht op een ander record.", "{0} rijen wachten op andere records."),
        failed: ("{0} rij is mislukt.", "{0} rijen zijn mislukt."),
        doubtful: (
            "{0} rij is onzeker; daarover moet worden beslist.", "{0} rijen zijn onzeker; daarover moet worden beslist."
        ),
        pending: (
            "{0} rij is nog niet gedaan; start opnieuw om verder te gaan.",
            "{0} rijen zijn nog niet gedaan; start opnieuw om verder te gaan."
        ),
        notDone: "nog niet gedaan",
        fromLedger:
            "Dit rapport is achteraf gemaakt uit het grootboek, dat geen rijen van de bron bewaart: voorbeelden, kolommen, dubbele rijen, waarschuwingen en afgekeurde rijen staan er niet in.",
        run: "De uitvoering", number: "Nummer", target: "Naar", started: "Begonnen", duration: "Duur",
        exit: "Eindcode",
        doubts: "Onzekere records",
        doubtsNote:
            "Niemand weet of deze schrijfacties zijn uitgevoerd. Tot daarover is beslist, wordt voor deze records niets meer verzonden.",
        doubtsHow: "Zoek elk record op in Salesdock. Zeg dan hoe het zit, met de sleutel en het id, of absent:",
        doubtsCaption: "Records waarover moet worden beslist", reason: "Waarom",
        writes: "Wat er is geschreven", writesCaption: "Schrijfacties van deze uitvoering",
        writesFile: "Ze staan allemaal in {0}.",
        id: "Salesdock-id", call: "Aanroep", outcome: "Uitkomst",
        requests: "Verzoeken",
        requestsSum:
            "{0} verzoeken in {1}; {2} waren herhalingen, en op {3} was het antwoord dat het er te veel waren.",
        callsCaption: "Verzoeken per soort", count: "Verzoeken",
        waitsCaption: "Waarop is gewacht", waitsNote: "Tijd waarin meer verzoeken wachtten, telt één keer.",
        wait: "Gewacht op", time: "Tijd",
        waits: [
            "limit": "de limiet van verzoeken per minuut", "trouble": "het einde van fouten bij Salesdock",
            "retry": "de pauze voor een nieuwe poging", "settling": "het opzoeken na een verloren antwoord",
        ],
        retryAfter: (
            "{0} antwoord noemde een wachttijd: {1}.", "{0} antwoorden noemden een wachttijd, hoogstens {1}."
        ),
        slowestCaption: "De traagste antwoorden", after: "Na", took: "Duurde",
        outcomes: [
            "applied": "gedaan", "failed": "niet gedaan", "intent": "niet bekend", "unknown": "niet bekend",
            "in_doubt": "onzeker", "rejected": "geweigerd", "forbidden": "niet toegestaan",
            "not_sent": "niet verzonden",
            "throttled": "te veel verzoeken", "token_replaced": "token vervangen", "refused": "geweigerd",
        ],
        timeline: "Verzoeken in de minuut ervoor, van het begin van de uitvoering tot het einde",
        timelineSpoken: "Hoogstens {0} verzoeken in een minuut; de limiet is {1}.",
        timelineMean: "Elke balk is het gemiddelde van {0} minuten.",
        limitLine: "De lijn is de limiet.")
}
