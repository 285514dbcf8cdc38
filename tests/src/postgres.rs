//! A private PostgreSQL from the installed binaries: one cluster per test process, a template migrated once, a copy of
//! it per test. It ends with the process, however that ends.
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

pub(crate) struct Postgres {
    pub(crate) port: u16,
    /// Closing its input ends the server.
    _keeper: Child,
}

static SERVER: OnceLock<Postgres> = OnceLock::new();

pub(crate) fn server() -> &'static Postgres {
    SERVER.get_or_init(start)
}

/// The address of a database of the private server.
pub(crate) fn url(database: &str) -> String {
    format!("postgres://postgres@127.0.0.1:{}/{database}", server().port)
}

fn binaries() -> PathBuf {
    let mut candidates: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.filter_map(Result::ok).map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    candidates.sort();
    candidates.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    candidates.extend(std::env::split_paths(&path));
    candidates.into_iter().find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists()).expect(
        "PostgreSQL 15 or later is needed for these tests: install it (Debian, Ubuntu: apt-get install postgresql), or run ./test, which does",
    )
}

/// PostgreSQL does not run as root: then it runs as `postgres`, or as `nobody`.
fn other_user() -> Option<(u32, u32)> {
    let own = std::fs::metadata("/proc/self").ok().map(|meta| std::os::unix::fs::MetadataExt::uid(&meta));
    if own != Some(0) {
        return None;
    }
    let passwd = std::fs::read_to_string("/etc/passwd").expect("/etc/passwd");
    let ids = |name: &str| {
        let line = passwd.lines().find(|line| line.starts_with(&format!("{name}:")))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Some(ids("postgres").or_else(|| ids("nobody")).expect("a user postgres or nobody"))
}

fn command(program: &Path, user: Option<(u32, u32)>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).env("LC_ALL", "C.UTF-8");
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}

fn run(mut command: Command) {
    let output = command.stderr(Stdio::piped()).output().expect("PostgreSQL's programs can be started");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn start() -> Postgres {
    let (bin, user) = (binaries(), other_user());
    let folder = tempfile::Builder::new().prefix("shangyi-pg-").tempdir().expect("a temporary folder").keep();
    if let Some((uid, gid)) = user {
        chown(&folder, Some(uid), Some(gid)).expect("the folder can be given away");
    }
    let data = folder.join("data");
    let mut initdb = command(&bin.join("initdb"), user, &folder);
    initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]).arg(&data);
    run(initdb);
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
    let mut settings = std::fs::OpenOptions::new().append(true).open(data.join("postgresql.conf")).expect("its settings");
    writeln!(
        settings,
        "listen_addresses='127.0.0.1'\nport={port}\nunix_socket_directories='{}'\nmax_connections=400\nfsync=off\nfull_page_writes=off\nshared_buffers=128MB",
        folder.display()
    )
    .expect("its settings can be written");
    let mut up = command(&bin.join("pg_ctl"), user, &folder);
    up.args(["start", "-w", "-s", "-t", "60", "-D"]).arg(&data).arg("-l").arg(folder.join("log"));
    run(up);
    let script = format!("read _; '{}' stop -s -m immediate -D '{}' ; rm -rf '{}'", bin.join("pg_ctl").display(), data.display(), folder.display());
    let mut keeper = command(Path::new("/bin/sh"), user, Path::new("/"));
    keeper.args(["-c", &script]).stdin(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    Postgres { port, _keeper: keeper.spawn().expect("sh") }
}
