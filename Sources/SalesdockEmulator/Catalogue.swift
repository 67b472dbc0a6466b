/// What a flow asks for.
struct Flow: Sendable {
    let id: Int
    let type: String
    let identifier: String
    let title: String
    /// Agreements without which nothing is sold through the flow.
    var mandatoryAgreements: [String] = []
    /// Questions that must be answered.
    var mandatoryQuestions: [String] = []
}

/// The account's set-up, which the API only reads.
enum Catalogue {
    static let flows: [Flow] = [
        Flow(id: 4, type: "energie-small-business", identifier: "energie", title: "Elektriciteit & gas MKB"),
        Flow(id: 5, type: "energie", identifier: "consument", title: "Elektriciteit & gas consument"),
        Flow(id: 22, type: "default", identifier: "default", title: "Standaard"),
        Flow(
            id: 23, type: "default", identifier: "strikt", title: "Standaard met verplichte antwoorden",
            mandatoryAgreements: ["privacy-statement"], mandatoryQuestions: ["betaalwijze"]),
        Flow(id: 31, type: "telecom", identifier: "telecom", title: "Internet, bellen en televisie"),
        Flow(id: 32, type: "hosted-voice", identifier: "hosted-voice", title: "Hosted voice"),
        Flow(id: 41, type: "solar-panels", identifier: "zonnepanelen", title: "Zonnepanelen"),
        Flow(id: 51, type: "heat-pump", identifier: "warmtepomp", title: "Warmtepomp"),
    ]

    static func flow(type: String, identifier: String) -> Flow? {
        flows.first { $0.type == type && $0.identifier == identifier }
    }

    static func flow(id: Int) -> Flow? { flows.first { $0.id == id } }

    /// Id, identifier, name, input type and description.
    static let questions: [(id: Int, identifier: String, name: String, type: String, text: String)] = [
        (42, "inhuizing", "Inhuizing?", "mc-single", "Betreft het een inhuizing"),
        (43, "datum-inhuizing", "Datum inhuizing", "date", ""),
        (101, "ingangsdatum", "Ingangsdatum", "date", "Max. 8 maanden in toekomst"),
        (815, "betaalwijze", "Betaalwijze", "mc-single", ""),
        (816, "ik-wil-overstappen-per", "Ik wil overstappen per", "switchdate", ""),
        (839, "overstaptest", "Overstaptest", "switchdate", ""),
        (901, "opmerkingen", "Opmerkingen", "text", ""),
    ]

    static func question(_ identifier: String) -> (
        id: Int, identifier: String, name: String, type: String, text: String
    )? {
        questions.first { $0.identifier == identifier }
    }

    static let agreements: [(id: Int, identifier: String, name: String, text: String)] = [
        (1, "privacy-statement", "Privacyverklaring", "Ik ga akkoord met de privacyverklaring."),
        (2, "energy-cer-en-car", "Energie CER en CAR", "Ik geef toestemming om mijn verbruik op te vragen."),
        (521, "optin", "Opt-in", "Ik wil op de hoogte blijven."),
        (1158, "annulering", "Annulering", "Ik kan binnen 14 dagen annuleren."),
        (1159, "algemene-voorwaarden", "Algemene voorwaarden", "Ik ga akkoord met de algemene voorwaarden."),
    ]

    /// Identifier, name and type of the statuses of a sale.
    static let statuses: [(identifier: String, name: String, type: String)] = [
        ("new", "Nieuw", "default"), ("sent", "Verzonden", "default"), ("cancelled", "Geannuleerd", "cancelled"),
        ("error", "Actie vereist", "default"), ("verification_pending", "Verificatie", "default"),
        ("verification_expired", "Verificatie verlopen", "default"), ("verified", "Geverifieerd", "default"),
        ("offer_pending", "Openstaande offerte", "default"), ("offer_accepted", "Geaccepteerd", "default"),
        ("offer_rejected", "Afgewezen", "default"), ("offer_expired", "Verlopen", "default"),
        ("resolved", "Opgelost", "default"), ("paid", "Betaald", "default"),
    ]

    static func statusName(_ identifier: String) -> String {
        statuses.first { $0.identifier == identifier }?.name ?? identifier
    }

    static let organisations: [Int: (identifier: String, label: String)] = [
        1: ("default", "Default"), 21: ("voorbeeld", "Voorbeeld"), 28: ("noord", "Noord"),
    ]
}

extension EmulatorCore {
    /// The organisation of every user.
    static let organisationID = 1

    mutating func catalogue(_ endpoint: Endpoint, _ context: CallContext) -> EmulatorReply {
        switch endpoint {
        case .flowList:
            .success(.array(Catalogue.flows.map(EmulatorCore.listed)), "Flows succesvol opgehaald")
        case .flowGet:
            Catalogue.flow(id: context.id).map { .success(EmulatorCore.single($0), "Flow succesvol opgehaald") }
                ?? .notFound
        case .questionList:
            .success(
                .array(Catalogue.questions.map { EmulatorCore.question($0) }),
                "Product questions retrieved successfully")
        case .questionGet:
            Catalogue.questions.first { $0.id == context.id }.map {
                .success(EmulatorCore.question($0), "Product question retrieved successfully")
            } ?? .notFound
        case .agreementList:
            .success(
                .array(Catalogue.agreements.map { EmulatorCore.agreement($0) }), "Overeenkomsten succesvol opgehaald")
        case .agreementGet:
            Catalogue.agreements.first { $0.id == context.id }.map {
                .success(EmulatorCore.agreement($0), "Overeenkomst succesvol opgehaald")
            } ?? .notFound
        case .statusList: statusList(context)
        case .organisationList: organisationList(context)
        case .userList: userList(context)
        default: .notFound
        }
    }

    private static func listed(_ flow: Flow) -> JSON {
        [
            "id": .int(flow.id), "title": .string(flow.title), "type": .string(flow.type),
            "identifier": .string(flow.identifier), "created_at": nil, "updated_at": "2020-01-01 12:50:21",
        ]
    }

    private static func single(_ flow: Flow) -> JSON {
        [
            "id": .int(flow.id), "title": .string(flow.title), "type": .string(flow.type),
            "identifier": .string(flow.identifier), "transaction_type": "all", "verification_method": "signature",
            "minimum_age_customer": "18", "maximum_age_customer": "125", "consumer_offer_iban_required": false,
            "business_offer_iban_required": false, "consumer_order_iban_required": false,
            "business_order_iban_required": false, "created_at": nil, "updated_at": "2020-05-08T04:41:50.000000Z",
        ]
    }

    private static func question(
        _ question: (id: Int, identifier: String, name: String, type: String, text: String)
    ) -> JSON {
        [
            "id": .int(question.id), "name": .string(question.name), "identifier": .string(question.identifier),
            "input_type": .string(question.type), "description": .string(question.text),
        ]
    }

    private static func agreement(_ agreement: (id: Int, identifier: String, name: String, text: String)) -> JSON {
        [
            "id": .int(agreement.id), "identifier": .string(agreement.identifier), "name": .string(agreement.name),
            "text": .string(agreement.text),
        ]
    }

    private func statusList(_ context: CallContext) -> EmulatorReply {
        let source = context.request.queryValue("status_source") ?? "sale"
        let rows = Catalogue.statuses.map { status -> JSON in
            [
                "source": .string(source), "id": .string(status.identifier), "name": .string(status.name),
                "text": .string(status.name), "type": .string(status.type), "source_data": nil,
            ]
        }
        return .success(.array(source == "sale" ? rows : []), "Statussen succesvol opgehaald")
    }

    private func organisationList(_ context: CallContext) -> EmulatorReply {
        let rows = Catalogue.organisations.sorted { $0.key < $1.key }.map { id, organisation -> JSON in
            [
                "id": .int(id), "name": .string(organisation.label), "identifier": .string(organisation.identifier),
                "company_name": .string(organisation.label), "contact_person": "", "email": "", "phone": "",
                "extrafields": nil,
            ]
        }
        return paged(rows, context, "Organisaties succesvol opgehaald")
    }

    private func userList(_ context: CallContext) -> EmulatorReply {
        let rows = userIDs.sorted { $0.value < $1.value }.map { _, id -> JSON in
            [
                "id": .int(id), "firstname": "Integratie", "lastname": .int(id),
                "email": .string("user\(id)@demo.example"),
                "organisation_id": .int(EmulatorCore.organisationID),
            ]
        }
        return paged(rows, context, "Gebruikers succesvol opgehaald")
    }

    private func paged(_ rows: [JSON], _ context: CallContext, _ message: String) -> EmulatorReply {
        let page = Page.relations.range(of: rows.count, request: context.request)
        return .success(
            Page.relations.json(
                page: page.page, range: page.range, total: rows.count, rows: Array(rows[page.range]),
                request: context.request), message)
    }
}
