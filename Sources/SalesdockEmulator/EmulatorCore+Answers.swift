extension EmulatorCore {
    /// Answers a call, or does to it what a fault rule says.
    mutating func withFaults(_ call: AdmittedCall, at now: Double) -> EmulatorReply {
        guard let fault = firingFault(call) else { return answer(call, at: now) }
        let error = EmulatorCore.error(fault.status ?? 500, seconds: fault.seconds)
        var reply: EmulatorReply
        switch fault.action {
        case .errorBefore: reply = error
        case .errorAfter:
            _ = answer(call, at: now)
            reply = error
        case .dropBefore: reply = EmulatorReply(status: 0, connection: .dropBeforeAnswer)
        case .dropAfter:
            _ = answer(call, at: now)
            reply = EmulatorReply(status: 0, connection: .dropBeforeAnswer)
        case .delay: reply = answer(call, at: now)
        case .garble:
            let status = answer(call, at: now).status
            reply = EmulatorReply(
                status: status, headers: [("Content-Type", "text/plain")], body: Array("OK: ".utf8) + call.request.body)
        case .throttle: return .throttled(retryAfter: max(0, Int(fault.seconds.rounded(.up))))
        case .lateCommit:
            pending.append(PendingCommit(due: now + fault.seconds, call: call))
            return fault.status == nil ? EmulatorReply(status: 0, connection: .dropBeforeAnswer) : error
        }
        reply.delaySeconds = fault.seconds
        return reply
    }

    private mutating func firingFault(_ call: AdmittedCall) -> FaultRule? {
        var firing: FaultRule?
        for index in faults.indices where faults[index].concerns(method: call.route.method, path: call.pathText) {
            let fires = faults[index].fires(using: &faultRandom)
            if fires, firing == nil { firing = faults[index] }
        }
        return firing
    }

    private static func error(_ status: Int, seconds: Double) -> EmulatorReply {
        switch status {
        case 401: return .unauthenticated
        case 403: return .forbidden(Refusal.permission)
        case 404: return .notFound
        case 405: return .notAllowed
        case 429: return .throttled(retryAfter: max(0, Int(seconds.rounded(.up))))
        default: return .failure(status, status < 500 ? "Fout" : "Server Error")
        }
    }

    /// Carries out a call.
    mutating func answer(_ call: AdmittedCall, at now: Double) -> EmulatorReply {
        guard let context = call.context(at: now) else { return .failure(400, "Syntax error") }
        let reply = dispatch(call.route.endpoint, context)
        if call.route.method != "GET", (200..<300).contains(reply.status) { statistics.commits += 1 }
        return reply
    }

    private mutating func dispatch(_ endpoint: Endpoint, _ context: CallContext) -> EmulatorReply {
        switch endpoint {
        case .relationList: relationList(context)
        case .relationGet: relationGet(context)
        case .relationCreate: relationCreate(context)
        case .relationUpdate: relationUpdate(context)
        case .supplierList: supplierList(context)
        case .supplierGet: supplierGet(context)
        case .supplierCreate: supplierCreate(context)
        case .supplierUpdate: supplierUpdate(context)
        case .supplierDelete: supplierDelete(context)
        case .productList: productList(context)
        case .productGet: productGet(context)
        case .productCreate: productCreate(context)
        case .productUpdate: productUpdate(context)
        case .productDelete: productDelete(context)
        case .energyUpdate: energyUpdate(context)
        case .organisationConnect: organisationConnect(context)
        case .productConnect: productConnect(context)
        case .saleCreate: saleCreate(context)
        case .saleList: saleList(context)
        case .proposalUpdate: proposalUpdate(context)
        case .saleUpdate: finalisedSaleUpdate(context)
        case .saleStatusUpdate: saleStatusUpdate(context)
        case .saleCancel: saleCancel(context)
        case .saleGet, .saleProducts, .saleHistory, .saleDocuments, .saleContract, .saleAnswers:
            saleRead(endpoint, context)
        case .flowList, .flowGet, .questionList, .questionGet, .agreementList, .agreementGet, .statusList,
            .organisationList, .userList:
            catalogue(endpoint, context)
        }
    }
}
