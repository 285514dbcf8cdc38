//! The stand-in of an SMS gateway: it checks the signature and keeps what it was sent.
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

pub(crate) const KEY: &str = "a key of the tests alone";

/// A short message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: String,
    pub phone: String,
    pub text: String,
}

#[derive(Clone, Default)]
pub(crate) struct Gateway {
    pub(crate) messages: Arc<Mutex<Vec<Message>>>,
    /// So many calls fail before one succeeds.
    pub(crate) failures: Arc<AtomicU32>,
}

async fn take(request: HttpRequest, body: web::Bytes, gateway: web::Data<Gateway>) -> HttpResponse {
    if gateway.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
        return HttpResponse::InternalServerError().finish();
    }
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let text = std::str::from_utf8(&body).unwrap_or_default();
    let signed = shangyi::kernel::crypto::plain_mac(KEY.as_bytes(), format!("{}.{text}", header("x-shangyi-time")).as_bytes());
    let expected: String = signed.iter().map(|byte| format!("{byte:02x}")).collect();
    if header("x-shangyi-signature") != format!("sha256={expected}") {
        return HttpResponse::Forbidden().finish();
    }
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let field = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    gateway.messages.lock().unwrap().push(Message { id: field("id"), phone: field("phone"), text: field("text") });
    HttpResponse::Ok().finish()
}

impl Gateway {
    /// Begins to take messages; gives the address.
    pub(crate) fn start(&self) -> String {
        let data = web::Data::new(self.clone());
        let server = HttpServer::new(move || App::new().app_data(data.clone()).route("/send", web::post().to(take)))
            .workers(1)
            .disable_signals()
            .bind("127.0.0.1:0")
            .expect("a free port");
        let address = server.addrs()[0];
        tokio::spawn(server.run());
        format!("http://{address}/send")
    }
}
