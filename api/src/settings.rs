//! Every setting, in one table: name, default, meaning. The environment (`SHANGYI_…`) goes over the optional TOML file
//! named by `SHANGYI_CONFIG` (same names, lower case, without the prefix).
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// One setting as `serve --help` shows it.
pub struct Setting {
    /// Name in the environment, without `SHANGYI_`.
    pub name: &'static str,
    /// What holds when it is not set.
    pub default: &'static str,
    /// What it means.
    pub help: &'static str,
}

macro_rules! settings {
    ($($(#[$meta:meta])* $field:ident : $type:ty = $name:literal, $default:literal, $parse:expr, $help:literal;)*) => {
        /// The settings of a process.
        #[derive(Clone, Debug)]
        pub struct Settings {
            $(#[doc = $help] pub $field: $type,)*
        }

        /// Every setting there is.
        pub const SETTINGS: &[Setting] = &[$(Setting { name: $name, default: $default, help: $help },)*];

        impl Settings {
            fn of(values: &BTreeMap<String, String>) -> Result<Self, String> {
                let get = |name: &str, default: &str| values.get(name).cloned().unwrap_or_else(|| default.to_owned());
                Ok(Self {
                    $($field: {
                        let parse: fn(&str) -> Result<$type, String> = $parse;
                        parse(&get($name, $default)).map_err(|why| format!("SHANGYI_{}: {why}", $name))?
                    },)*
                })
            }
        }
    };
}

settings! {
    listen: SocketAddr = "LISTEN", "127.0.0.1:8080", address, "Address and port of the API.";
    database_url: String = "DATABASE_URL", "sqlite:var/shangyi.db", database, "SQLite file (sqlite:FILE) or PostgreSQL 15+ (postgres://…).";
    redis_url: Option<String> = "REDIS_URL", "", optional, "Redis 6+ for sessions and limits (redis://… or rediss://…); empty: in this process.";
    redis_prefix: String = "REDIS_PREFIX", "shangyi:", text, "What every key in Redis begins with.";
    keys_file: PathBuf = "KEYS_FILE", "var/keys.toml", path, "The deployment's keys (made by `shangyi keys new`); all processes share one.";
    sms: Sms = "SMS", "", sms, "SMS gateway (https://…), or `console`: sign-in codes go to the log. Required by `serve`.";
    sms_key: String = "SMS_KEY", "", text, "Key that signs the calls to the SMS gateway (HMAC-SHA-256).";
    sms_per_hour: u32 = "SMS_PER_HOUR", "2000", number, "Sign-in codes sent per hour, all together: the budget nobody can burn.";
    new_phones_per_hour: u32 = "NEW_PHONES_PER_HOUR", "60", number, "Codes for phones without an account, per address and hour; above it a captcha is asked for.";
    failures_per_hour: u32 = "FAILURES_PER_HOUR", "100", number, "Wrong codes per address and hour; above it the address waits.";
    captcha_url: Option<String> = "CAPTCHA_URL", "", optional, "Where a captcha token is checked (POST {token, address}; 2xx is a pass); empty: none, the address waits.";
    rate_account: u32 = "RATE_ACCOUNT", "1200", number, "Units per minute of one account (0: no limit). A request costs 1, and 1 more per 100 of complexity.";
    rate_address: u32 = "RATE_ADDRESS", "6000", number, "Units per minute of one address of passers-by (0: no limit).";
    topics_per_day: i64 = "TOPICS_PER_DAY", "5", number, "Topics of one account per day.";
    supports_per_day: i64 = "SUPPORTS_PER_DAY", "60", number, "Supports of one account per day.";
    bookings_per_day: i64 = "BOOKINGS_PER_DAY", "10", number, "Bookings and waits of one account per day.";
    offer_minutes: i64 = "OFFER_MINUTES", "120", positive_minutes, "Minutes of waking hours (08:00 to 21:00) for which a place that was freed is kept for the next on the waiting list.";
    offer_minutes_today: i64 = "OFFER_MINUTES_TODAY", "30", positive_minutes, "The same, where they begin on the day of the reception itself.";
    cancel_minutes: i64 = "CANCEL_MINUTES", "120", positive_minutes, "Minutes before its slot until which a booking can be cancelled by whoever made it.";
    duty_margin_minutes: i64 = "DUTY_MARGIN_MINUTES", "30", positive_minutes, "Minutes before a duty slot from which, and after it until which, a check-in belongs to it.";
    walk_in_minutes: i64 = "WALK_IN_MINUTES", "240", positive_minutes, "Minutes after which a visit outside any duty slot ends by itself.";
    http_workers: usize = "HTTP_WORKERS", "0", workers, "Threads that serve; 0: one per core.";
    db_connections: u32 = "DB_CONNECTIONS", "2", positive, "Connections to PostgreSQL per serving thread (readers of the process on SQLite).";
    db_wait_ms: u64 = "DB_WAIT_MS", "1500", number, "How long a request waits for a connection before it is told to come back.";
    timeout_seconds: u64 = "TIMEOUT_SECONDS", "10", positive, "Longest execution of one operation.";
    max_depth: u32 = "MAX_DEPTH", "12", positive, "Deepest operation (20 where only __schema or __type is asked).";
    max_complexity: usize = "MAX_COMPLEXITY", "5000", positive, "Most complex operation.";
    introspection: bool = "INTROSPECTION", "on", switch, "Whether clients may ask for the schema.";
    suggestions: bool = "SUGGESTIONS", "on", switch, "Whether errors suggest the names of fields.";
    deliver: bool = "DELIVER", "on", switch, "Whether this process also delivers notices and SMS; off: it only answers requests.";
    cors_origins: Vec<String> = "CORS_ORIGINS", "", origins, "Origins that browsers may call from, separated by commas.";
    trusted_proxies: Vec<IpAddr> = "TRUSTED_PROXIES", "", addresses, "Addresses of proxies whose X-Forwarded-For is believed, separated by commas.";
    metrics_listen: Option<SocketAddr> = "METRICS_LISTEN", "127.0.0.1:9464", optional_address, "Address of /metrics; empty: none.";
    log_format: LogFormat = "LOG_FORMAT", "text", log_format, "text or json.";
    log: String = "LOG", "info", text, "What is logged, as tracing's filter (for example info,shangyi=debug).";
}

/// Where sign-in codes go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sms {
    /// Nowhere: `serve` refuses to start.
    None,
    /// To the log: for the demo, or by `SHANGYI_SMS=console`.
    Console,
    /// To a gateway.
    Gateway(String),
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Settings {
    /// Reads the environment over the file it names; the error names the setting that is wrong, never its value.
    pub fn from_environment() -> Result<Self, String> {
        let environment: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| {
                let name = name.into_string().ok()?.strip_prefix("SHANGYI_")?.to_owned();
                Some((name, value.into_string().unwrap_or_default()))
            })
            .collect();
        Self::read(environment)
    }

    /// Settings from such names and values, `CONFIG` among them naming a file.
    pub fn read(mut given: BTreeMap<String, String>) -> Result<Self, String> {
        let mut values = match given.remove("CONFIG") {
            Some(file) => from_file(&file)?,
            None => BTreeMap::new(),
        };
        values.append(&mut given);
        if let Some(unknown) = values.keys().find(|name| SETTINGS.iter().all(|setting| setting.name != name.as_str())) {
            return Err(format!("SHANGYI_{unknown}: there is no such setting; `shangyi serve --help` lists them"));
        }
        let settings = Self::of(&values)?;
        if matches!(settings.sms, Sms::Gateway(_)) && settings.sms_key.len() < 16 {
            return Err("SHANGYI_SMS_KEY: a gateway needs a key of at least 16 characters".to_owned());
        }
        Ok(settings)
    }

    /// The table of settings, for `--help`.
    pub fn help() -> String {
        let mut text = String::from("Settings (environment, over the TOML file named by SHANGYI_CONFIG):\n");
        for setting in SETTINGS {
            let default = if setting.default.is_empty() { "(empty)" } else { setting.default };
            text.push_str(&format!("  SHANGYI_{}\n      {} [default: {default}]\n", setting.name, setting.help));
        }
        text
    }
}

fn from_file(file: &str) -> Result<BTreeMap<String, String>, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("SHANGYI_CONFIG: {file}: {error}"))?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| format!("SHANGYI_CONFIG: {file}: {}", error.message()))?;
    table
        .into_iter()
        .map(|(name, value)| {
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(on) => if on { "on" } else { "off" }.to_owned(),
                toml::Value::Array(items) => items.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(","),
                _ => return Err(format!("SHANGYI_CONFIG: {file}: {name}: a text, a number, true or false, or a list of texts")),
            };
            Ok((name.to_ascii_uppercase(), text))
        })
        .collect()
}

fn text(value: &str) -> Result<String, String> {
    Ok(value.to_owned())
}

fn optional(value: &str) -> Result<Option<String>, String> {
    Ok((!value.trim().is_empty()).then(|| value.trim().to_owned()))
}

fn path(value: &str) -> Result<PathBuf, String> {
    if value.is_empty() { Err("names no file".to_owned()) } else { Ok(PathBuf::from(value)) }
}

fn address(value: &str) -> Result<SocketAddr, String> {
    value.parse().map_err(|_| "not an address with a port, such as 127.0.0.1:8080".to_owned())
}

fn optional_address(value: &str) -> Result<Option<SocketAddr>, String> {
    optional(value)?.as_deref().map(address).transpose()
}

fn database(value: &str) -> Result<String, String> {
    if value.contains(":memory:") {
        return Err("must name a file: readers and the writer of SQLite are two connections".to_owned());
    }
    let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| value.starts_with(scheme));
    if known { Ok(value.to_owned()) } else { Err("must begin with sqlite: or postgres://".to_owned()) }
}

fn number<T: std::str::FromStr>(value: &str) -> Result<T, String> {
    value.trim().parse().map_err(|_| "not a whole number in range".to_owned())
}

fn positive<T: std::str::FromStr + PartialOrd + From<u8>>(value: &str) -> Result<T, String> {
    number::<T>(value).and_then(|parsed| if parsed >= T::from(1) { Ok(parsed) } else { Err("must be at least 1".to_owned()) })
}

fn positive_minutes(value: &str) -> Result<i64, String> {
    number::<i64>(value).and_then(|minutes| if (1..=1440).contains(&minutes) { Ok(minutes) } else { Err("1 to 1440".to_owned()) })
}

fn workers(value: &str) -> Result<usize, String> {
    number::<usize>(value).and_then(|parsed| if parsed <= 512 { Ok(parsed) } else { Err("at most 512".to_owned()) })
}

fn switch(value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "on" | "true" | "1" | "yes" => Ok(true),
        "off" | "false" | "0" | "no" => Ok(false),
        _ => Err("on or off".to_owned()),
    }
}

fn list(value: &str) -> Result<Vec<String>, String> {
    Ok(value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
}

fn origins(value: &str) -> Result<Vec<String>, String> {
    let origins = list(value)?;
    let is_origin = |origin: &String| {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        host.is_some_and(|host| !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte)))
    };
    if origins.iter().all(is_origin) { Ok(origins) } else { Err("a list of origins such as https://app.example, separated by commas".to_owned()) }
}

fn addresses(value: &str) -> Result<Vec<IpAddr>, String> {
    list(value)?.iter().map(|item| item.parse().map_err(|_| "a list of IP addresses, separated by commas".to_owned())).collect()
}

fn sms(value: &str) -> Result<Sms, String> {
    match value.trim() {
        "" => Ok(Sms::None),
        "console" => Ok(Sms::Console),
        url if url.starts_with("https://") => Ok(Sms::Gateway(url.to_owned())),
        // A gateway's stand-in on this machine; codes never cross a network in the clear.
        url if url.starts_with("http://127.0.0.1:") || url.starts_with("http://[::1]:") => Ok(Sms::Gateway(url.to_owned())),
        _ => Err("`console`, or the gateway's address beginning with https://".to_owned()),
    }
}

fn log_format(value: &str) -> Result<LogFormat, String> {
    match value {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("text or json".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Settings, String> {
        Settings::read(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn every_default_is_valid() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(settings.sms, Sms::None);
    }

    #[test]
    fn a_wrong_setting_names_itself_and_not_its_value() {
        for (name, value) in [
            ("LISTEN", "secret"),
            ("DATABASE_URL", "mysql://secret"),
            ("SMS", "http://secret.example"),
            ("TOPICS_PER_DAY", "secret"),
            ("DB_CONNECTIONS", "0"),
            ("INTROSPECTION", "secret"),
            ("TRUSTED_PROXIES", "secret"),
            ("LISTNE", "127.0.0.1:1"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(error.starts_with(&format!("SHANGYI_{name}: ")) && !error.contains("secret"), "{error}");
        }
        assert!(read(&[("SMS", "https://sms.example/send")]).unwrap_err().starts_with("SHANGYI_SMS_KEY: "));
    }
}
