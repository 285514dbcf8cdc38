//! Acting as the demo's people through the API itself, at any moment of the last weeks.
use super::cast::Person;
use crate::app::App;
use crate::graphql::{self, ApiSchema};
use crate::kernel::cx::Who;
use crate::kernel::{ApiError, Clock, Cx, Locale, crypto};
use async_graphql::{Request, Variables};
use serde_json::{Value, json};
use shangyi_entities::Timestamp;
use uuid::Uuid;

pub(super) struct Stage<'a> {
    pub(super) app: &'a App,
    pub(super) schema: ApiSchema,
    pub(super) people: &'a [Person],
}

impl<'a> Stage<'a> {
    pub(super) fn new(app: &'a App, people: &'a [Person]) -> Self {
        Self { app, schema: graphql::schema(app), people }
    }

    /// The `number`th person of a role, from the first again after the last.
    pub(super) fn of_role(&self, role: &str, number: usize) -> Option<&'a Person> {
        let cast: Vec<&Person> = self.people.iter().filter(|person| person.role == role).collect();
        cast.get(number % Ord::max(cast.len(), 1)).copied()
    }

    /// Executes an operation as somebody at a moment.
    pub(super) async fn execute(&self, who: &Person, at: Timestamp, text: &str, variables: Value) -> Result<Value, ApiError> {
        let then = App { clock: Clock::manual(at.utc()), ..self.app.clone() };
        let cx = Cx::new(then, Who::Person { account: who.account, session: None }, Locale::Zh, None, "demo".to_owned());
        let request = Request::new(text).variables(Variables::from_json(variables));
        let response = cx.scope(self.schema.execute(graphql::prepare(request, &cx))).await;
        if !response.errors.is_empty() {
            tracing::error!("a step of the demo failed");
            return Err(ApiError::broken("loading the demo"));
        }
        Ok(response.data.into_json().unwrap_or_default())
    }

    /// One mutation. Its request id follows from `step`, so that loading again after an interruption repeats nothing.
    pub(super) async fn mutate(
        &self,
        step: &str,
        who: &Person,
        at: Timestamp,
        (name, fields): (&str, &str),
        mut input: Value,
    ) -> Result<Value, ApiError> {
        let hash = crypto::sha256(format!("demo {step} {name}").as_bytes());
        input["requestId"] = json!(Uuid::from_slice(&hash[..16]).unwrap_or_default());
        let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let text = format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ __typename {fields} }} }}");
        Ok(self.execute(who, at, &text, json!({ "input": input })).await?[name].clone())
    }
}
