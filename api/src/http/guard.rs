//! Inside execution: codes for errors that come without one, the measured complexity, and null where the specification
//! wants null (async-graphql 7.2 leaves a failed field out of its object).
use crate::kernel::{ApiError, Code, Locale, cx, say};
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, NextValidation, ResolveInfo};
use async_graphql::{Response, ServerError, ServerResult, ValidationResult, Value};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the HTTP side wants to know of an execution.
#[derive(Default)]
pub struct Meter {
    /// The complexity of the document.
    pub cost: AtomicUsize,
    /// Whether it came to be executed.
    pub executed: AtomicBool,
}

/// Watches every execution.
pub struct Guard {
    /// The most complex document that is executed.
    pub max_complexity: usize,
}

impl ExtensionFactory for Guard {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Watch { max_complexity: self.max_complexity, errors: Mutex::default(), broken: Mutex::default() })
    }
}

struct Watch {
    max_complexity: usize,
    errors: Mutex<Vec<ServerError>>,
    /// Objects of which a field that cannot be null has failed.
    broken: Mutex<HashSet<Vec<String>>>,
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives an error of the library a code, and a Chinese word before its English ones.
pub(super) fn with_code(error: &mut ServerError, code: &str) {
    let extensions = error.extensions.get_or_insert_with(Default::default);
    if extensions.get("code").is_none() {
        extensions.set("code", code);
        if cx::locale() == Locale::Zh {
            error.message = format!("请求有误，请检查参数：{}", error.message);
        }
    }
}

#[async_trait::async_trait]
impl Extension for Watch {
    async fn validation(&self, ctx: &ExtensionContext<'_>, next: NextValidation<'_>) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await.map_err(|mut errors| {
            // A hundred mistakes need not be told one by one.
            errors.truncate(20);
            errors.iter_mut().for_each(|error| with_code(error, "BAD_INPUT"));
            errors
        })?;
        if let Some(meter) = ctx.data_opt::<Arc<Meter>>() {
            meter.cost.store(result.complexity, Ordering::Relaxed);
        }
        if result.complexity > self.max_complexity {
            let (cost, most) = (result.complexity, self.max_complexity);
            let text = say(
                format!("这个操作太复杂：{cost}，最多{most}。请减少字段或每页条数。"),
                format!("Too complex: {cost} of at most {most}. Please ask for fewer fields or shorter pages."),
            );
            let error: async_graphql::Error = ApiError::new(Code::TooComplex, text).into();
            return Err(vec![error.into_server_error(Default::default())]);
        }
        Ok(result)
    }

    async fn execute(&self, ctx: &ExtensionContext<'_>, operation: Option<&str>, next: NextExecute<'_>) -> Response {
        if let Some(meter) = ctx.data_opt::<Arc<Meter>>() {
            meter.executed.store(true, Ordering::Relaxed);
        }
        let mut response = next.run(ctx, operation).await;
        response.errors.append(&mut held(&self.errors));
        // An argument that could not be read, and the like: the client's to mend.
        response.errors.iter_mut().for_each(|error| with_code(error, "BAD_INPUT"));
        if held(&self.broken).contains(&Vec::new()) {
            response.data = Value::Null;
        }
        response
    }

    async fn resolve(&self, ctx: &ExtensionContext<'_>, info: ResolveInfo<'_>, next: NextResolve<'_>) -> ServerResult<Option<Value>> {
        if info.is_for_introspection {
            return next.run(ctx, info).await;
        }
        let nullable = !info.return_type.ends_with('!');
        // Most fields are fine: their path is not built.
        let path = *info.path_node;
        match next.run(ctx, info).await {
            Ok(value) if held(&self.broken).is_empty() => return Ok(value),
            Ok(value) if !held(&self.broken).contains(&path.to_string_vec()) => return Ok(value),
            Ok(_) => {}
            Err(error) => held(&self.errors).push(error),
        }
        if !nullable {
            let mut parent = path.to_string_vec();
            parent.pop();
            held(&self.broken).insert(parent);
        }
        Ok(Some(Value::Null))
    }
}
