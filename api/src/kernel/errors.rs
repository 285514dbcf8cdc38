//! The request is wrong, or something failed: a GraphQL error with a code of one list. (What the rules refuse is data:
//! see `refusal`.) `ApiError` has no `Display`, so no cause can reach a client through `?`.
use super::cx;
use super::says::{Locale, Text, say};
use sea_orm::sqlx::error::DatabaseError;
use sea_orm::{DbErr, RuntimeErr};

/// Every `extensions.code` there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The request has a wrong shape or value.
    BadInput,
    /// Nobody is signed in, or no longer.
    Unauthenticated,
    /// Signed in, but not with this right.
    Forbidden,
    /// Does not exist, or the viewer may not know of it.
    NotFound,
    /// Too many requests; `retryAfterSeconds` says how long to wait.
    RateLimited,
    /// The operation asks for too much at once.
    TooComplex,
    /// The same `requestId` came before with other input.
    ReplayMismatch,
    /// The hash names no stored operation: send it with its text once.
    PersistedQueryNotFound,
    /// A part of the system is down; try again.
    Unavailable,
    /// Our fault; logged under the request id.
    Internal,
}

impl Code {
    /// The code as clients read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadInput => "BAD_INPUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::RateLimited => "RATE_LIMITED",
            Self::TooComplex => "TOO_COMPLEX",
            Self::ReplayMismatch => "REPLAY_MISMATCH",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

/// A GraphQL error in the making.
#[derive(Clone, Debug)]
pub struct ApiError {
    code: Code,
    text: Text,
    field: Option<&'static str>,
    retry_after: Option<i64>,
    /// The transaction met another one and may be tried again (40P01, 40001, SQLITE_BUSY).
    pub(crate) collided: bool,
}

impl ApiError {
    /// An error with a sentence of its own.
    pub fn new(code: Code, text: Text) -> Self {
        Self { code, text, field: None, retry_after: None, collided: false }
    }

    /// A value of the input is wrong; `field` names it.
    pub fn bad_input(field: &'static str, text: Text) -> Self {
        Self { field: Some(field), ..Self::new(Code::BadInput, text) }
    }

    /// Nobody is signed in.
    pub fn unauthenticated() -> Self {
        Self::new(Code::Unauthenticated, say("请先登录。", "Please sign in first."))
    }

    /// The viewer lacks the right.
    pub fn forbidden(text: Text) -> Self {
        Self::new(Code::Forbidden, text)
    }

    /// Not there, or not for this viewer to know.
    pub fn not_found(zh: &'static str, en: &'static str) -> Self {
        Self::new(Code::NotFound, say(format!("没有找到{zh}。"), format!("{en} was not found.")))
    }

    /// Too much in a short time.
    pub fn rate_limited(retry_after: i64) -> Self {
        let wait = retry_after.max(1);
        Self {
            retry_after: Some(wait),
            ..Self::new(
                Code::RateLimited,
                say(format!("操作太频繁了，请{wait}秒后再试。"), format!("Too many requests; please try again in {wait} seconds.")),
            )
        }
    }

    /// Part of the system is down. What was asked may have been done all the same: the answer can be lost after the
    /// commit, so the sentence promises nothing but that a repetition is harmless.
    pub fn unavailable() -> Self {
        Self {
            retry_after: Some(2),
            ..Self::new(
                Code::Unavailable,
                say(
                    "系统暂时繁忙，请稍后再试。提交过的操作请用同一个requestId重试，不会重复。",
                    "The system is busy; please try again shortly. Repeat a write with the same requestId: nothing is done twice.",
                ),
            )
        }
    }

    /// Something that should not happen, said to the log alone.
    pub fn broken(doing: &'static str) -> Self {
        tracing::error!(doing, "internal error");
        Self::internal_error()
    }

    fn internal_error() -> Self {
        Self::new(Code::Internal, say("系统内部错误，我们已记录。", "Internal error; it has been recorded."))
    }

    /// Its code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// Its sentence.
    pub fn text(&self, locale: Locale) -> String {
        self.text.to(locale)
    }

    /// Seconds to wait before trying again, where waiting helps.
    pub fn retry_after(&self) -> Option<i64> {
        self.retry_after
    }
}

impl From<ApiError> for async_graphql::Error {
    fn from(error: ApiError) -> Self {
        let mut extensions = async_graphql::ErrorExtensionValues::default();
        extensions.set("code", error.code.as_str());
        if let Some(field) = error.field {
            extensions.set("field", field);
        }
        if let Some(seconds) = error.retry_after {
            extensions.set("retryAfterSeconds", seconds);
        }
        Self { message: error.text.to(cx::locale()), source: None, extensions: Some(extensions) }
    }
}

/// Turns an unexpected cause into an `ApiError`, on purpose and with a word about what was being done.
pub trait OrInternal<T> {
    /// Logs the cause once, under the request's id, and answers "internal error"; a database that is away is `UNAVAILABLE`.
    fn internal(self, doing: &'static str) -> Result<T, ApiError>;
}

impl<T> OrInternal<T> for Result<T, DbErr> {
    fn internal(self, doing: &'static str) -> Result<T, ApiError> {
        self.map_err(|cause| {
            if collides(&cause) {
                return ApiError { collided: true, ..ApiError::unavailable() };
            }
            if is_away(&cause) {
                tracing::warn!(doing, cause = %in_short(&cause), "database unavailable");
                return ApiError::unavailable();
            }
            tracing::error!(doing, cause = %in_short(&cause), "internal error");
            ApiError::internal_error()
        })
    }
}

/// What a verb stops with inside its transaction.
#[derive(Debug)]
pub enum Stop<R> {
    /// The rules refuse: data for the caller.
    Refused(R),
    /// The request is wrong or something failed.
    Failed(ApiError),
}

impl<R> From<ApiError> for Stop<R> {
    fn from(error: ApiError) -> Self {
        Self::Failed(error)
    }
}

/// Reads a database rule's name back as the reason of a refusal.
pub trait OnRule<T> {
    /// Where the database refused by the rule named `rule`, stops with `refusal`; any other cause passes on.
    fn on_rule<R>(self, rule: &'static str, refusal: impl FnOnce() -> R) -> Result<Result<T, DbErr>, Stop<R>>;
}

impl<T> OnRule<T> for Result<T, DbErr> {
    fn on_rule<R>(self, rule: &'static str, refusal: impl FnOnce() -> R) -> Result<Result<T, DbErr>, Stop<R>> {
        match self {
            Err(cause) if rule_of(&cause).as_deref() == Some(rule) => Err(Stop::Refused(refusal())),
            other => Ok(other),
        }
    }
}

/// The name of the rule the database refused by, on either database.
pub fn rule_of(cause: &DbErr) -> Option<String> {
    let error = database_error(cause)?;
    error.constraint().map(str::to_owned).or_else(|| {
        // SQLite names no constraint: our triggers raise the rule's name as the message (1811), and a CHECK quotes its own (275).
        match error.code().as_deref() {
            Some("1811") => Some(error.message().to_owned()),
            Some("275") => error.message().strip_prefix("CHECK constraint failed: ").map(str::to_owned),
            _ => None,
        }
    })
}

fn sqlx_error(cause: &DbErr) -> Option<&sea_orm::sqlx::Error> {
    match cause {
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Conn(RuntimeErr::SqlxError(error)) => {
            Some(error)
        }
        _ => None,
    }
}

fn database_error(cause: &DbErr) -> Option<&dyn DatabaseError> {
    sqlx_error(cause)?.as_database_error()
}

fn collides(cause: &DbErr) -> bool {
    database_error(cause).and_then(|error| error.code()).is_some_and(|code| ["40P01", "40001", "5", "517"].contains(&code.as_ref()))
}

fn is_away(cause: &DbErr) -> bool {
    use sea_orm::sqlx::Error;
    if matches!(cause, DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) {
        return true;
    }
    match sqlx_error(cause) {
        Some(Error::Io(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed | Error::Protocol(_)) => true,
        // Class 57: the server is stopping or starting, or our own limit of time was reached; 08: the connection is gone;
        // 53: no room; 55P03: a lock was not had in time; 55000: the database takes no connections.
        Some(Error::Database(error)) => {
            error.code().is_some_and(|code| ["57", "08", "53"].iter().any(|class| code.starts_with(class)) || code == "55P03" || code == "55000")
        }
        _ => false,
    }
}

/// The cause without the values of the statement: databases like to quote them.
fn in_short(cause: &DbErr) -> String {
    match database_error(cause) {
        Some(error) => format!(
            "code {} rule {}",
            error.code().unwrap_or_default(),
            error.constraint().unwrap_or_else(|| if error.code().as_deref() == Some("1811") { error.message() } else { "-" })
        ),
        None => match sqlx_error(cause) {
            Some(sea_orm::sqlx::Error::ColumnDecode { index, .. }) => format!("column {index} could not be read"),
            Some(sea_orm::sqlx::Error::Io(error)) => format!("io: {:?}", error.kind()),
            Some(sea_orm::sqlx::Error::PoolTimedOut) => "no free connection in time".to_owned(),
            _ => match cause {
                DbErr::Type(what) => format!("type: {what}"),
                DbErr::ConnectionAcquire(_) => "no connection".to_owned(),
                other => format!("{:?}", std::mem::discriminant(other)),
            },
        },
    }
}
