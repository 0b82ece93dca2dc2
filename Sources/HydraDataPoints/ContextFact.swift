/// What the `context` of a call says: place, device, campaign.
///
/// A value; any thread.
package struct ContextFact: Sendable, Equatable {
    /// Of the call; milliseconds since 1970.
    package let time: Int64
    package let locale: String?
    package let timezone: String?
    package let country: String?
    package let city: String?
    package let userAgent: String?
    package let deviceType: String?
    package let deviceManufacturer: String?
    package let deviceModel: String?
    package let osName: String?
    package let osVersion: String?
    /// `source`, `medium`, `name`, `term`, `content`.
    package let campaign: [String: String]

    package init(
        time: Int64,
        locale: String? = nil,
        timezone: String? = nil,
        country: String? = nil,
        city: String? = nil,
        userAgent: String? = nil,
        deviceType: String? = nil,
        deviceManufacturer: String? = nil,
        deviceModel: String? = nil,
        osName: String? = nil,
        osVersion: String? = nil,
        campaign: [String: String] = [:]
    ) {
        self.time = time
        self.locale = locale
        self.timezone = timezone
        self.country = country
        self.city = city
        self.userAgent = userAgent
        self.deviceType = deviceType
        self.deviceManufacturer = deviceManufacturer
        self.deviceModel = deviceModel
        self.osName = osName
        self.osVersion = osVersion
        self.campaign = campaign
    }
}
