//! The program as a process of its own, for what only a process can show: being killed, being told to stop.
use crate::{Person, TestApp};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// `shangyi serve` on the data of a test.
pub struct Program {
    child: Child,
    url: String,
    delivers: bool,
    log: Mutex<Receiver<String>>,
}

fn binary() -> PathBuf {
    let own = std::env::current_exe().expect("this test's own path");
    // Tests lie in `deps`, beside the program's own folder.
    let found = own.ancestors().skip(1).take(2).map(|folder| folder.join("shangyi")).find(|program| program.is_file());
    found.expect("the program is missing: run ./test, or `cargo build` first")
}

/// The program's settings for the data of a test.
fn command(app: &TestApp, more: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary());
    command.env_clear().stdin(Stdio::null());
    for (name, value) in [
        ("DATABASE_URL", app.database_url.clone()),
        ("KEYS_FILE", app.app.settings.keys_file.display().to_string()),
        ("REDIS_URL", app.app.settings.redis_url.clone().unwrap_or_default()),
        ("REDIS_PREFIX", format!("{}process:", app.app.settings.redis_prefix)),
        ("METRICS_LISTEN", String::new()),
    ] {
        command.env(format!("SHANGYI_{name}"), value);
    }
    for (name, value) in more {
        command.env(format!("SHANGYI_{name}"), value);
    }
    command
}

/// Runs a command of the program to its end: exit code, what it said, what it complained of.
pub fn run_program(app: &TestApp, arguments: &[&str], more: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let output = command(app, more).args(arguments).output().expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

impl Program {
    /// Starts it and waits until it serves.
    pub async fn serve(app: &TestApp, more: &[(&str, &str)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let mut command = command(app, &[("LISTEN", &format!("127.0.0.1:{port}")), ("SMS", "console")]);
        command.arg("serve").stdout(Stdio::null()).stderr(Stdio::piped());
        for (name, value) in more {
            command.env(format!("SHANGYI_{name}"), value);
        }
        let mut child = command.spawn().expect("the program starts");
        let (tell, log) = std::sync::mpsc::channel();
        let lines = BufReader::new(child.stderr.take().expect("its log")).lines().map_while(Result::ok);
        std::thread::spawn(move || lines.for_each(|line| drop(tell.send(line))));
        let program = Self { child, url: format!("http://127.0.0.1:{port}"), delivers: !more.contains(&("DELIVER", "off")), log: Mutex::new(log) };
        program.wait_for("serving");
        program
    }

    /// The next line of its log that holds a text; ten seconds are enough for anything.
    fn wait_for(&self, text: &str) -> String {
        let log = self.log.lock().unwrap();
        let mut seen = Vec::new();
        while let Ok(line) = log.recv_timeout(Duration::from_secs(10)) {
            if line.contains(text) {
                return line;
            }
            seen.push(line);
        }
        panic!("its log does not say {text:?}: {seen:#?}");
    }

    /// Signs in at the process: the code is read in its log, or, where it delivers nothing, opened in the outbox.
    pub async fn sign_in<'a>(&self, app: &'a TestApp, phone: &str) -> Person<'a> {
        let mut person = app.nobody();
        person.url.clone_from(&self.url);
        let ask = "mutation($input: RequestSignInCodeInput!) { requestSignInCode(input: $input) { phone } }";
        person.ok(ask, json!({ "input": { "phone": phone, "requestId": crate::new_request() } })).await;
        let code = if self.delivers {
            let line = self.wait_for("sign-in code for");
            line.chars().skip(line.chars().count() - 6).collect()
        } else {
            app.code_in_outbox().await
        };
        let signed = person.mutate("signIn", json!({ "phone": phone, "code": code, "requestId": crate::new_request() })).await.done();
        person.token = signed["accessToken"].as_str().map(str::to_owned);
        person
    }

    /// What it has logged and nobody has read yet: for the message of a test that fails.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().try_iter().collect()
    }

    /// Where it serves.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its resident memory in kB.
    pub fn resident_kb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("its status");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("its memory");
        line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it ends");
    }

    /// SIGTERM; whether it left with success within ten seconds.
    pub fn terminate(&mut self) -> bool {
        let killed = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().expect("kill");
        assert!(killed.success());
        let began = std::time::Instant::now();
        let left = self.child.wait().expect("it ends");
        left.success() && began.elapsed().as_secs() < 10
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Gone already, where a test has ended it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
