//! The command `dynamo-sim`; everything is in the library.

fn main() -> std::process::ExitCode {
    dynamo_sim::cli::main()
}
