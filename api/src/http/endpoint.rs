//! `/graphql`: GraphQL over HTTP. POST of JSON, GET for queries.
use super::answer::{self, Frame};
use super::gate::{self, Passed};
use super::guard::{Meter, with_code};
use super::limits::{self, TooMuch};
use super::negotiate::{self, Media};
use super::persisted::{Lookup, Persisted};
use crate::app::App;
use crate::graphql::{self, ApiSchema};
use crate::kernel::{ApiError, Code, Cx, Locale, crypto, say};
use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{Request, Response, Variables};
use serde::Deserialize;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tracing::Instrument;

/// Largest body.
pub(super) const BODY: usize = 64 << 10;
/// Largest body of an upload of what a phone kept without network.
const UPLOAD: usize = 256 << 10;
/// That upload.
const UPLOAD_FIELD: &str = "syncCheckIns";
/// Slowest body.
const SLOWEST: Duration = Duration::from_secs(10);

/// What one worker serves with.
pub(super) struct Server {
    pub(super) app: App,
    pub(super) schema: ApiSchema,
    pub(super) persisted: Arc<Persisted>,
}

/// The parameters of a request, whichever way they came.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A refusal above execution: its status, or the one that a document that cannot be executed has.
enum Above {
    Status(StatusCode, ApiError),
    Document(ApiError),
}

fn bad(zh: &'static str, en: &'static str) -> ApiError {
    ApiError::new(Code::BadInput, say(zh, en))
}

pub(super) async fn handle(request: HttpRequest, payload: web::Payload, server: web::Data<Server>) -> HttpResponse {
    let began = Instant::now();
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let media = negotiate::wanted(text(header::ACCEPT));
    let frame = Frame {
        media: media.unwrap_or(Media::Json),
        locale: text(header::ACCEPT_LANGUAGE).map_or_else(Locale::default, Locale::of_header),
        request_id: crypto::random::<12>().iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    let span = tracing::info_span!("request", id = frame.request_id);
    async {
        // One unit whatever comes of it: a document that cannot be parsed costs time too.
        let address = gate::address(&request, &server.app.settings.trusted_proxies);
        let passed = gate::pass(&server.app, &request, address).await;
        if !passed.turn.allowed {
            tracing::info!(outcome = "RATE_LIMITED", "refused");
            return answer::error(&frame, StatusCode::TOO_MANY_REQUESTS, &ApiError::rate_limited(passed.turn.wait / 1_000_000 + 1));
        }
        let prepared = match media {
            None => Err(Above::Status(
                StatusCode::NOT_ACCEPTABLE,
                bad("请接受application/json格式的回复。", "Please accept application/json or application/graphql-response+json."),
            )),
            Some(_) => match body(&request, payload).await {
                Ok(body) => prepare(&request, &body, &server),
                Err(above) => Err(above),
            },
        };
        match prepared {
            Ok(prepared) => execute(&server, &frame, prepared, passed, address, began).await,
            Err(Above::Status(status, error)) => {
                tracing::info!(outcome = error.code().as_str(), status = status.as_u16(), "refused");
                let mut answer = answer::error(&frame, status, &error);
                if status == StatusCode::METHOD_NOT_ALLOWED {
                    let allowed = if request.method() == Method::GET { "POST" } else { "GET, POST" };
                    answer.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static(allowed));
                }
                answer
            }
            Err(Above::Document(error)) => {
                tracing::info!(outcome = error.code().as_str(), "refused");
                answer::not_executable(&frame, &error)
            }
        }
    }
    .instrument(span)
    .await
}

/// A document that may be executed.
struct Prepared {
    document: ExecutableDocument,
    operation_name: Option<String>,
    variables: Variables,
    /// The name and hash under which the log knows it.
    name: String,
    hash: String,
}

/// The body as it was sent: never inflated, since a few kilobytes can hold gigabytes.
async fn body(request: &HttpRequest, payload: web::Payload) -> Result<web::Bytes, Above> {
    if request.method() != Method::POST {
        return Ok(web::Bytes::new());
    }
    let header = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    if !negotiate::is_json(header(header::CONTENT_TYPE)) || header(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        let error = bad("请以application/json（UTF-8，不压缩）提交。", "Please send application/json in UTF-8, not compressed.");
        return Err(Above::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE, error));
    }
    let read = tokio::time::timeout(SLOWEST, payload.to_bytes_limited(UPLOAD)).await;
    match read {
        Ok(Ok(Ok(body))) => Ok(body),
        Ok(Ok(Err(_))) => Err(Above::Status(StatusCode::BAD_REQUEST, bad("请求没有完整送达。", "The request did not arrive whole."))),
        Ok(Err(_)) => Err(too_large()),
        Err(_) => Err(Above::Status(StatusCode::REQUEST_TIMEOUT, bad("请求传得太慢，请重试。", "The request came too slowly; please try again."))),
    }
}

fn too_large() -> Above {
    Above::Status(
        StatusCode::PAYLOAD_TOO_LARGE,
        bad("请求太大，最多64 KiB（离线签到补传256 KiB）。", "The request is too large; at most 64 KiB, 256 KiB for syncCheckIns."),
    )
}

fn prepare(request: &HttpRequest, body: &[u8], server: &Server) -> Result<Prepared, Above> {
    let parameters = match read(request, body) {
        Err(_) if body.len() > BODY => return Err(too_large()),
        read => read?,
    };
    let settings = &server.app.settings;
    let text = text(&parameters, &server.persisted)?;
    if text.len() > BODY {
        return Err(too_large());
    }
    limits::nesting(&text).map_err(too_much)?;
    let mut document = async_graphql::parser::parse_query(&text).map_err(|error| {
        let place = error.positions().next().map(|at| format!("{}:{}", at.line, at.column)).unwrap_or_default();
        // The parser quotes the client's text; the place is enough.
        Above::Document(ApiError::new(
            Code::BadInput,
            say(format!("查询语句有误（{place}）。"), format!("The document cannot be parsed, at {place}.")),
        ))
    })?;
    limits::check(&document, settings.max_depth, settings.introspection).map_err(too_much)?;
    let operation_name = parameters.operation_name.filter(|name| !name.is_empty());
    let Some(operation) = limits::chosen(&document, operation_name.as_deref()) else {
        return Err(Above::Document(bad("请用operationName指明要执行的操作。", "operationName must name one of the document's operations.")));
    };
    if request.method() == Method::GET && operation.ty != OperationType::Query {
        return Err(Above::Status(StatusCode::METHOD_NOT_ALLOWED, bad("修改操作只能用POST提交。", "Mutations must be sent by POST.")));
    }
    if body.len() > BODY && !limits::asks_only(operation, UPLOAD_FIELD) {
        return Err(too_large());
    }
    limits::spread_out(&mut document);
    let hash = crypto::sha256(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let name = loggable(operation_name.as_deref().or_else(|| document.operations.iter().next().and_then(|(name, _)| name.map(|name| name.as_str()))));
    let variables = Variables::from_json(serde_json::Value::Object(parameters.variables.unwrap_or_default()));
    Ok(Prepared { document, operation_name, variables, name, hash })
}

/// An operation's name for the log; one with a long run of digits could be a phone.
fn loggable(name: Option<&str>) -> String {
    let name = name.unwrap_or("-");
    let digits = name.bytes().fold((0, 0), |(run, most), byte| if byte.is_ascii_digit() { (run + 1, Ord::max(most, run + 1)) } else { (0, most) }).1;
    if name.len() > 64 || digits > 4 { "-".to_owned() } else { name.to_owned() }
}

fn read(request: &HttpRequest, body: &[u8]) -> Result<Parameters, Above> {
    let unreadable =
        || Above::Status(StatusCode::BAD_REQUEST, bad("请求的格式有误，请检查query、variables等参数。", "The request's parameters cannot be read."));
    let parameters = match *request.method() {
        Method::GET => from_url(request.query_string()).ok_or_else(unreadable)?,
        Method::POST => serde_json::from_slice(body).map_err(|_| unreadable())?,
        _ => return Err(Above::Status(StatusCode::METHOD_NOT_ALLOWED, bad("请用GET或POST访问。", "Please use GET or POST."))),
    };
    Ok(parameters)
}

fn from_url(query: &str) -> Option<Parameters> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(query).ok()?.into_inner();
    let mut parameters = Parameters::default();
    for (name, value) in pairs {
        match name.as_str() {
            "query" => parameters.query = Some(value),
            "operationName" => parameters.operation_name = Some(value),
            "variables" if !value.is_empty() => parameters.variables = serde_json::from_str(&value).ok()?,
            "extensions" if !value.is_empty() => parameters.extensions = serde_json::from_str(&value).ok()?,
            _ => {}
        }
    }
    Some(parameters)
}

/// The text of the operation: as sent, or as persisted.
fn text(parameters: &Parameters, persisted: &Persisted) -> Result<String, Above> {
    let text = parameters.query.as_deref().unwrap_or_default();
    let hash = parameters.extensions.as_ref().and_then(|extensions| extensions.get("persistedQuery")?.get("sha256Hash")?.as_str());
    if let Some(hash) = hash {
        return match persisted.look_up(hash, text) {
            Lookup::Text(text) => Ok(text),
            Lookup::Unknown => Err(Above::Document(ApiError::new(
                Code::PersistedQueryNotFound,
                say("请附上查询语句再发送一次。", "PersistedQueryNotFound: send the operation with its text once."),
            ))),
            Lookup::Wrong => Err(Above::Document(bad("sha256Hash与查询语句不符。", "sha256Hash is not that of the text."))),
        };
    }
    if text.trim().is_empty() {
        return Err(Above::Status(StatusCode::BAD_REQUEST, bad("缺少query参数。", "The parameter query is missing.")));
    }
    Ok(text.to_owned())
}

fn too_much(what: TooMuch) -> Above {
    let (zh, en) = match what {
        TooMuch::Depth(most) => (format!("查询嵌套太深，最多{most}层。"), format!("Nested too deep; at most {most} levels.")),
        TooMuch::Nesting => ("查询嵌套太深。".to_owned(), "Nested too deep.".to_owned()),
        TooMuch::Aliases => ("别名太多，最多15个。".to_owned(), "Too many aliases; at most 15.".to_owned()),
        TooMuch::Directives => ("指令太多，最多20个。".to_owned(), "Too many directives; at most 20.".to_owned()),
        TooMuch::Roots => ("一次最多10个顶层字段。".to_owned(), "At most 10 root fields at a time.".to_owned()),
        TooMuch::Fields => ("字段太多，请拆成几次查询。".to_owned(), "Too many fields; please split the operation.".to_owned()),
        TooMuch::Cycle => ("片段互相引用。".to_owned(), "Fragments refer to each other.".to_owned()),
        TooMuch::Introspection => ("此服务不提供内省。".to_owned(), "Introspection is switched off.".to_owned()),
        TooMuch::SameRootTwice => ("同一修改请用不同别名。".to_owned(), "The same mutation twice needs two aliases.".to_owned()),
    };
    let code = if matches!(what, TooMuch::Cycle | TooMuch::Introspection | TooMuch::SameRootTwice) { Code::BadInput } else { Code::TooComplex };
    Above::Document(ApiError::new(code, say(zh, en)))
}

async fn execute(server: &Server, frame: &Frame, prepared: Prepared, passed: Passed, address: Option<IpAddr>, began: Instant) -> HttpResponse {
    let app = &server.app;
    let cx = Cx::new(app.clone(), passed.who, frame.locale, address, frame.request_id.clone());
    let meter = Arc::new(Meter::default());
    let (name, hash) = (prepared.name.clone(), prepared.hash.clone());
    let operation = into_request(prepared, &cx, &meter);
    let limit = Duration::from_secs(app.settings.timeout_seconds);
    let mut response = match tokio::time::timeout(limit, cx.scope(server.schema.execute(operation))).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!(operation = name, hash, "timed out");
            return answer::error(frame, StatusCode::SERVICE_UNAVAILABLE, &ApiError::unavailable());
        }
    };
    response.errors.iter_mut().for_each(|error| with_code(error, Code::BadInput.as_str()));
    let cost = meter.cost.load(Ordering::Relaxed);
    response.extensions.insert("cost".to_owned(), async_graphql::Value::from(cost));
    if let Some(why) = passed.signed_out {
        response.extensions.insert("signedOut".to_owned(), async_graphql::Value::from(why));
    }
    log(&name, &hash, &cx, &response, cost, began);
    let rate = (passed.rate.per_minute > 0).then_some((passed.turn.remaining, passed.rate.per_minute));
    charge(app, passed, cost);
    answer::executed(frame, &response, meter.executed.load(Ordering::Relaxed), rate)
}

fn into_request(prepared: Prepared, cx: &Cx, meter: &Arc<Meter>) -> Request {
    let mut request = Request::new("").variables(prepared.variables).data(Arc::clone(meter));
    request.set_parsed_query(prepared.document);
    if let Some(name) = prepared.operation_name {
        request = request.operation_name(name);
    }
    graphql::prepare(request, cx)
}

/// The request log: never a variable, a literal or the text of an error.
fn log(name: &str, hash: &str, cx: &Cx, response: &Response, cost: usize, began: Instant) {
    let outcome = answer::outcome(response);
    let elapsed = began.elapsed();
    let statements = cx.statements();
    tracing::info!(operation = name, hash, outcome, cost, statements, micros = elapsed.as_micros(), "answered");
    metrics::histogram!("shangyi_request_seconds", "outcome" => outcome).record(elapsed.as_secs_f64());
}

/// Charges what the operation cost beyond its one unit; nobody waits for it.
fn charge(app: &App, passed: Passed, cost: usize) {
    // What was too complex was not executed, and costs no more than any request.
    if cost > app.settings.max_complexity {
        return;
    }
    let units = u32::try_from(cost / 100).unwrap_or(u32::MAX);
    if units > 0 && passed.rate.per_minute > 0 {
        let (live, now) = (Arc::clone(&app.live), app.clock.now());
        tokio::spawn(async move { live.charge(&passed.bucket, passed.rate, units, now).await });
    }
}
