//! The channel to phones: the log for the demo, or a gateway called by signed HTTPS POST.
use super::outbox::Message;
use crate::app::App;
use crate::kernel::crypto;
use crate::kernel::phone::Phone;
use crate::settings::Sms;
use std::time::Duration;
use uuid::Uuid;

/// A message did not get through; it is tried again.
pub(super) struct NotSent;

/// Sends messages as the settings say.
pub(super) struct Sender {
    client: reqwest::Client,
}

impl Sender {
    pub(super) fn new() -> Result<Self, String> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(8))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| "the SMS client could not be made".to_owned())?;
        Ok(Self { client })
    }

    /// Sends one message. `id` is the same at every try, so that the gateway can drop a repetition.
    pub(super) async fn send(&self, app: &App, id: Uuid, message: &Message) -> Result<(), NotSent> {
        match &app.settings.sms {
            Sms::Gateway(url) => self.post(app, url, id, message).await,
            Sms::Console | Sms::None => {
                let masked = Phone::parse(&message.phone).map(|phone| phone.masked()).unwrap_or_default();
                match &message.code {
                    Some(code) => tracing::info!("sign-in code for {masked}: {code}"),
                    None => tracing::info!("SMS for {masked} ({} characters)", message.text.chars().count()),
                }
                Ok(())
            }
        }
    }

    /// The body's signature covers the time, so that a call cannot be repeated later by somebody else.
    async fn post(&self, app: &App, url: &str, id: Uuid, message: &Message) -> Result<(), NotSent> {
        let body = serde_json::json!({ "id": id, "phone": message.phone, "text": message.text }).to_string();
        let time = (app.clock.now().0 / 1_000_000).to_string();
        let signed = crypto::plain_mac(app.settings.sms_key.as_bytes(), format!("{time}.{body}").as_bytes());
        let signature: String = signed.iter().map(|byte| format!("{byte:02x}")).collect();
        let sent = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("x-shangyi-time", time)
            .header("x-shangyi-signature", format!("sha256={signature}"))
            .body(body)
            .send()
            .await;
        match sent {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => {
                tracing::warn!(status = answer.status().as_u16(), "the SMS gateway refused a message");
                Err(NotSent)
            }
            Err(error) => {
                tracing::warn!(timeout = error.is_timeout(), connect = error.is_connect(), "the SMS gateway did not answer");
                Err(NotSent)
            }
        }
    }
}
