//! Who asks and whether they have their turn: one round trip to the live store before anything is executed.
use crate::app::App;
use crate::auth::tokens::{self, TokenProblem};
use crate::kernel::cx::Who;
use crate::live::{self, Away, Rate, Turn};
use actix_web::HttpRequest;
use actix_web::http::header;
use std::net::IpAddr;

/// What the gate found.
pub(super) struct Passed {
    pub(super) who: Who,
    pub(super) turn: Turn,
    pub(super) bucket: String,
    pub(super) rate: Rate,
    /// Why a token that came is not good, for the phone to act on.
    pub(super) signed_out: Option<&'static str>,
}

/// The client's address: the connection's, or what a trusted proxy says.
pub(super) fn address(request: &HttpRequest, trusted: &[IpAddr]) -> Option<IpAddr> {
    let mut address = request.peer_addr()?.ip().to_canonical();
    // A proxy may add a line of its own: the last line's last hop is the nearest.
    let lines: Vec<&str> = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
    // From the nearest hop outwards, as long as the hop that says it is trusted.
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !trusted.contains(&address) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(farther) => address = farther.to_canonical(),
            Err(_) => break,
        }
    }
    Some(address)
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Reads the token, its session, and takes one unit of the rate of the account, or of the address.
pub(super) async fn pass(app: &App, request: &HttpRequest, address: Option<IpAddr>) -> Passed {
    let now = app.clock.now();
    let token = bearer(request).map(|token| tokens::verify(&app.keys, token, now));
    let (claimed, mut signed_out) = match token {
        None => (None, None),
        Some(Ok(claimed)) => (Some(claimed), None),
        Some(Err(TokenProblem::Expired)) => (None, Some("EXPIRED")),
        Some(Err(TokenProblem::Foreign)) => (None, Some("FOREIGN")),
    };
    let (bucket, rate) = match claimed {
        Some((account, _)) => (format!("r:{{{}}}", account.0.simple()), Rate { per_minute: app.settings.rate_account }),
        None => (format!("r:{}", live::neighbourhood(address)), Rate { per_minute: app.settings.rate_address }),
    };
    let (who, turn) = match app.live.gate(claimed, &bucket, rate, now).await {
        Ok(gate) => {
            let who = match (claimed, gate.session) {
                (Some((account, _)), Some(session)) => Who::Person { account, session: Some(session.id) },
                (Some(_), None) => {
                    signed_out = Some("SESSION_OVER");
                    Who::Nobody
                }
                (None, _) => Who::Nobody,
            };
            (who, gate.turn)
        }
        // Sessions cannot be looked up: public fields are answered, the others say so; the process keeps the limits.
        Err(Away) => {
            let who = if claimed.is_some() { Who::Unknown } else { Who::Nobody };
            signed_out = claimed.map_or(signed_out, |_| Some("UNKNOWN"));
            (who, app.take_here(&bucket, rate))
        }
    };
    Passed { who, turn, bucket, rate, signed_out }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        let request = |from: &str| {
            TestRequest::default()
                .peer_addr(format!("{from}:1").parse().unwrap())
                .insert_header(("x-forwarded-for", "6.6.6.6, 9.9.9.9"))
                .to_http_request()
        };
        let read = |from: &str, trusted: &[IpAddr]| address(&request(from), trusted).unwrap().to_string();
        assert_eq!(read("10.0.0.1", &[proxy]), "9.9.9.9", "what the client itself wrote is not believed");
        assert_eq!(read("10.0.0.1", &[proxy, "9.9.9.9".parse().unwrap()]), "6.6.6.6");
        assert_eq!(read("8.8.8.8", &[proxy]), "8.8.8.8");
        assert_eq!(read("10.0.0.1", &[]), "10.0.0.1");
    }
}
