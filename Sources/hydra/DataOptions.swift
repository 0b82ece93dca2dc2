import ArgumentParser

/// Where the records are: shared by all commands.
struct DataOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The directory with the records. It must exist.", valueName: "directory"))
    var data: String
}
