//! A private Redis from the installed binary: one per test process, a key prefix per test.
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

struct Server {
    port: u16,
    _keeper: Child,
}

static SERVER: OnceLock<Server> = OnceLock::new();

pub(crate) fn url() -> String {
    format!("redis://127.0.0.1:{}/", SERVER.get_or_init(start).port)
}

fn start() -> Server {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
    // Ends when its input closes, which is when this process ends.
    let script = format!(
        "command -v redis-server >/dev/null || exit 3; redis-server --port {port} --bind 127.0.0.1 --save '' --appendonly no & read _; kill $!"
    );
    let mut keeper = Command::new("/bin/sh");
    keeper.args(["-c", &script]).current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    let mut keeper = keeper.spawn().expect("sh");
    let told = BufReader::new(keeper.stdout.take().expect("its output")).lines();
    let mut told = told.map_while(Result::ok);
    assert!(
        told.any(|line| line.contains("eady to accept connections")),
        "Redis 6 or later is needed for these tests: install it (Debian, Ubuntu: apt-get install redis-server), or run ./test, which does"
    );
    // What it says later is read by nobody, and must not block it.
    std::thread::spawn(move || told.for_each(drop));
    Server { port, _keeper: keeper }
}
