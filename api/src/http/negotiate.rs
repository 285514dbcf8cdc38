//! Which of the two media types an answer has. Source: GraphQL over HTTP, "Media Types".

/// The type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/json`: 200 for whatever was understood.
    Json,
    /// `application/graphql-response+json`: the status tells.
    Response,
}

impl Media {
    pub(super) const fn header(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::Response => "application/graphql-response+json; charset=utf-8",
        }
    }
}

/// The type the client wants most; `None` when it takes neither. No header, or `*/*`: JSON, for older clients.
pub(super) fn wanted(accept: Option<&str>) -> Option<Media> {
    let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else { return Some(Media::Json) };
    let mut best: Option<(f32, Media)> = None;
    for part in accept.split(',') {
        let mut fields = part.split(';').map(str::trim);
        let media = match fields.next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "application/graphql-response+json" => Media::Response,
            "application/json" | "application/*" | "*/*" => Media::Json,
            _ => continue,
        };
        let mut weight = 1.0;
        let mut utf8 = true;
        for field in fields {
            let field = field.to_ascii_lowercase();
            if let Some(q) = field.strip_prefix("q=") {
                weight = q.parse().unwrap_or(1.0);
            } else if let Some(charset) = field.strip_prefix("charset=") {
                utf8 = charset.trim_matches('"') == "utf-8";
            }
        }
        if utf8 && weight > 0.0 && best.is_none_or(|(held, _)| weight > held) {
            best = Some((weight, media));
        }
    }
    best.map(|(_, media)| media)
}

/// Whether a body is JSON in UTF-8.
pub(super) fn is_json(content_type: Option<&str>) -> bool {
    let Some(content_type) = content_type else { return false };
    let mut fields = content_type.split(';').map(|field| field.trim().to_ascii_lowercase());
    fields.next().as_deref() == Some("application/json")
        && fields.all(|field| field.strip_prefix("charset=").is_none_or(|charset| charset.trim_matches('"') == "utf-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_gets_what_it_wants_most() {
        for (accept, expected) in [
            (None, Some(Media::Json)),
            (Some("*/*"), Some(Media::Json)),
            (Some("application/graphql-response+json"), Some(Media::Response)),
            (Some("application/graphql-response+json, application/json;q=0.9"), Some(Media::Response)),
            (Some("application/json, application/graphql-response+json;q=0.9"), Some(Media::Json)),
            (Some("application/graphql-response+json; charset=utf-8"), Some(Media::Response)),
            (Some("application/json; charset=latin1"), None),
            (Some("text/html"), None),
            (Some("application/json;q=0"), None),
        ] {
            assert_eq!(wanted(accept), expected, "{accept:?}");
        }
    }
}
