//! The program `shangyi`: wiring only.
// The merged roots nest one future a room; an optimised build looks deeper than the 128 the compiler allows by itself.
#![recursion_limit = "256"]
use clap::{Args, Parser, Subcommand, ValueEnum};
use shangyi::kernel::{keys, personal};
use shangyi::settings::Settings;
use shangyi::{demo, graphql, import, operate};
use shangyi_entities::appointment::{Desk, Role};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Shangyi (商议): the backend of a consultative committee's duty-performance app.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API.
    #[command(after_long_help = Settings::help(), after_help = Settings::help())]
    Serve,
    /// Load a small committee of the project's own making, and serve it. Sign-in codes appear in the log.
    Demo {
        /// Throw the demo's data away and start afresh.
        #[arg(long)]
        reset: bool,
        /// Load the data and leave.
        #[arg(long)]
        load_only: bool,
    },
    /// Bring the database to the newest shape.
    Migrate,
    /// Print the GraphQL schema.
    Schema,
    /// Bring in divisions, holidays, members or topics.
    #[command(subcommand)]
    Import(ImportWhat),
    /// Measure how good similar topics are, against labels that say which messages speak of one incident.
    MeasureSimilar {
        /// Messages, JSON lines: id, title, content.
        messages: PathBuf,
        /// Labels, JSON lines: id, cluster (or null), kind (positive, hard_negative_singleton, …).
        labels: PathBuf,
    },
    /// Accounts, as the operator of the deployment.
    #[command(subcommand)]
    Account(AccountWhat),
    /// The deployment's keys.
    #[command(subcommand)]
    Keys(KeysWhat),
}

#[derive(Subcommand)]
enum ImportWhat {
    /// provinces, cities, areas, streets and villages (.jsonl or .jsonl.gz) of a folder.
    Divisions {
        /// The folder.
        dir: PathBuf,
    },
    /// Holidays and make-up workdays of a year (CSV: day,kind,name); open deadlines are counted anew.
    Holidays {
        /// The file.
        file: PathBuf,
    },
    /// Members, their committees, organisations and terms (CSV with the columns of docs/import.md).
    Members {
        /// The file.
        file: PathBuf,
    },
    /// Messages as topics, their replies as answers (JSON lines: id, title, content, time, up, reply, reply_time).
    Topics {
        /// The file.
        file: PathBuf,
        /// CSV with the header place,division; a line `*` is for texts that name no place.
        #[arg(long)]
        division_map: PathBuf,
        /// What the ids belong to; a message of one source is brought in once.
        #[arg(long, default_value = "import")]
        source: String,
    },
}

#[derive(Subcommand)]
enum AccountWhat {
    /// Appoint a person: how a new committee gets its first staff.
    Grant(GrantArgs),
}

#[derive(Args)]
struct GrantArgs {
    /// The person's phone; an account is made where there is none.
    phone: String,
    /// The role.
    #[arg(value_enum)]
    role: RoleArg,
    /// The code of the committee's division.
    #[arg(long)]
    committee: String,
    /// The organisation of that committee it is for, by name; left out: the committee.
    #[arg(long)]
    organisation: Option<String>,
    /// The desk, for committee-staff.
    #[arg(long, value_enum)]
    desk: Option<DeskArg>,
    /// The person's name, for a new account.
    #[arg(long)]
    name: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleArg {
    LiaisonOfficer,
    CommitteeStaff,
    Chair,
    OrgConvenor,
    HandlingUnit,
    Auditor,
}

#[derive(Clone, Copy, ValueEnum)]
enum DeskArg {
    General,
    MemberAffairs,
    Proposals,
    Opinions,
}

#[derive(Subcommand)]
enum KeysWhat {
    /// Make the keys file; never writes over one.
    New,
    /// Put a new signing key in front of the old one.
    Rotate {
        /// A new master key for persons' keys instead; run `keys rewrap` afterwards.
        #[arg(long)]
        master: bool,
    },
    /// Wrap every person's key under the newest master key.
    Rewrap,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.to_string()),
    };
    match runtime.block_on(run(cli.command)) {
        Ok(code) => code,
        Err(message) => fail(&message),
    }
}

fn fail(message: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "shangyi: {message}");
    ExitCode::FAILURE
}

fn say(text: &str) {
    // A closed pipe is the reader's choice.
    let _ = writeln!(std::io::stdout(), "{text}");
}

async fn run(command: Command) -> Result<ExitCode, String> {
    if let Command::Schema = command {
        let _ = write!(std::io::stdout(), "{}", graphql::sdl());
        return Ok(ExitCode::SUCCESS);
    }
    let settings = Settings::from_environment()?;
    operate::log(&settings)?;
    match command {
        Command::Schema => {}
        Command::Serve => operate::serve(&operate::open(settings, false).await?).await?,
        Command::Demo { reset, load_only } => demo::run(settings, reset, load_only).await?,
        Command::Migrate => {
            let made = operate::migrate(&operate::open(settings.clone(), settings.database_url.starts_with("sqlite:")).await?).await?;
            say(&format!("{made} changes made; the database is up to date"));
        }
        Command::Import(what) => return imported(settings, what).await,
        Command::MeasureSimilar { messages, labels } => say(&import::measure_similar(&messages, &labels).await?),
        Command::Account(AccountWhat::Grant(args)) => {
            operate::grant(&operate::open(settings, false).await?, args.into()).await?;
            say("granted");
        }
        Command::Keys(KeysWhat::New) => {
            keys::create(&settings.keys_file)?;
            say(&format!("{} made; keep a copy in a safe place", settings.keys_file.display()));
        }
        Command::Keys(KeysWhat::Rotate { master }) => {
            keys::rotate(&settings.keys_file, if master { keys::Rotate::Master } else { keys::Rotate::Signing })?;
            say("rotated; restart every process");
        }
        Command::Keys(KeysWhat::Rewrap) => {
            let app = operate::open(settings, false).await?;
            let changed = personal::rewrap(app.db.writer(), &app.keys).await.map_err(|error| error.text(shangyi::kernel::Locale::En))?;
            say(&format!("{changed} persons' keys wrapped anew"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn imported(settings: Settings, what: ImportWhat) -> Result<ExitCode, String> {
    let embedded = settings.database_url.starts_with("sqlite:");
    let app = operate::open(settings, embedded).await?;
    operate::migrate(&app).await?;
    let report = match what {
        ImportWhat::Divisions { dir } => import::divisions(&app, &dir).await?,
        ImportWhat::Holidays { file } => import::holidays(&app, &file).await?,
        ImportWhat::Members { file } => import::members(&app, &file).await?,
        ImportWhat::Topics { file, division_map, source } => import::topics(&app, &file, &division_map, &source).await?,
    };
    for line in &report.problems {
        let _ = writeln!(std::io::stderr(), "{line}");
    }
    report.notes.iter().for_each(|note| say(note));
    say(&report.summary());
    Ok(if report.bad == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

impl From<GrantArgs> for operate::Grant {
    fn from(args: GrantArgs) -> Self {
        let role = match args.role {
            RoleArg::LiaisonOfficer => Role::LiaisonOfficer,
            RoleArg::CommitteeStaff => Role::CommitteeStaff,
            RoleArg::Chair => Role::Chair,
            RoleArg::OrgConvenor => Role::OrgConvenor,
            RoleArg::HandlingUnit => Role::HandlingUnit,
            RoleArg::Auditor => Role::Auditor,
        };
        let desk = args.desk.map(|desk| match desk {
            DeskArg::General => Desk::General,
            DeskArg::MemberAffairs => Desk::MemberAffairs,
            DeskArg::Proposals => Desk::Proposals,
            DeskArg::Opinions => Desk::Opinions,
        });
        Self { phone: args.phone, role, desk, committee: args.committee, organisation: args.organisation, name: args.name }
    }
}
