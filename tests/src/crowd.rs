//! More people than the demo has, for rushes.
use crate::TestApp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use shangyi::auth::{store, tokens};
use shangyi::kernel::cx::Who;
use shangyi::kernel::{Cx, Locale};
use shangyi::live::Session;
use shangyi::organisation;
use shangyi_entities::appointment::Role;
use shangyi_entities::{AccountId, SessionId, member};

impl TestApp {
    /// So many members of the demo's committee, each signed in on a phone; gives their access tokens. Their time is that of
    /// the machine, so that processes of their own take them.
    #[allow(clippy::disallowed_methods, reason = "a process of its own has the machine's clock")]
    pub async fn many_members(&self, how_many: usize) -> Vec<String> {
        self.app.clock.set(chrono::Utc::now().into());
        let app = &self.app;
        let cx = &Cx::new(app.clone(), Who::Nobody, Locale::En, None, "crowd".to_owned());
        let pattern = self.people.iter().find(|person| person.role == "MEMBER").expect("a member").account;
        let pattern = member::Entity::find().filter(member::Column::AccountId.eq(pattern)).one(app.db.read()).await;
        let pattern = &pattern.expect("members").expect("a member");
        let accounts: Vec<AccountId> = app
            .db
            .write_plain(|tx| async move {
                let mut accounts = Vec::with_capacity(how_many);
                for n in 0..how_many {
                    let account = store::add_account(&*tx, &app.keys, cx.new_id(), None, None, cx.now()).await?.id;
                    let name_enc = organisation::seal_member_name(&tx, cx, account, "众委员").await?;
                    let row = member::Model { id: cx.new_id(), account_id: account, number: format!("99{n:05}"), name_enc, ..pattern.clone() };
                    organisation::add_member(&tx, row).await?;
                    let post = organisation::Post {
                        account,
                        role: Role::Member,
                        desk: None,
                        committee: pattern.committee_id,
                        scope: organisation::PostScope::Organisation(pattern.committee_id),
                        from: pattern.from_at,
                        until: pattern.until_at,
                    };
                    organisation::grant_by_operator(&tx, cx, post).await?;
                    accounts.push(account);
                }
                Ok(accounts)
            })
            .await
            .expect("the crowd is there");
        self.signed_in(accounts).await
    }

    /// An access token for each account, on a phone of its own.
    pub(crate) async fn signed_in(&self, accounts: Vec<AccountId>) -> Vec<String> {
        let app = &self.app;
        let cx = &Cx::new(app.clone(), Who::Nobody, Locale::En, None, "crowd".to_owned());
        let mut tokens = Vec::with_capacity(accounts.len());
        for account in accounts {
            let now = app.clock.now();
            let session = Session {
                id: cx.new_id::<SessionId>(),
                account,
                request_id: uuid::Builder::from_random_bytes(shangyi::kernel::crypto::random()).into_uuid(),
                device: "手机".to_owned(),
                created_at: now.0,
                refreshed_at: now.0,
                expires_at: now.plus_seconds(86_400).0,
                generation: 1,
            };
            app.live.open(session.clone()).await.expect("a session");
            tokens.push(tokens::access(app, &session).expect("a token").0);
        }
        tokens
    }
}
