use std::process::ExitCode;

fn main() -> ExitCode {
    wangge::cli::run()
}
