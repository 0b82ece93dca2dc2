import HydraEngine

/// What is found over all persons: features that go together.
extension Screens {
    func insights(_ visit: Visit) -> ScreenAnswer {
        let reply = visit.api.get("/v1/patterns")
        guard let fields = Insights(reply: reply, now: visit.now).fields else {
            return self.message(
                404,
                "There are no insights over everybody",
                "This Hydra does not look for patterns over all persons.",
                visit
            )
        }
        return self.page(
            "insightspage",
            title: "Insights over everybody",
            section: "/persons",
            status: reply.isSuccess ? 200 : reply.status,
            visit,
            ["insights": fields]
        )
    }
}
