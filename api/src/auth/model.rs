use super::store;
use crate::kernel::phone::Phone;
use crate::kernel::{ApiError, Cx, Gid, personal};
use crate::live::Session;
use crate::organisation::{Appointment, Division, Member};
use async_graphql::{ComplexObject, Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use shangyi_entities::account::{self, VerificationLevel};
use shangyi_entities::{AccountId, SessionId, TypedId};

/// The person who asks.
pub struct ViewerInfo;

/// The person who asks.
#[Object(name = "Viewer")]
impl ViewerInfo {
    /// Their account.
    async fn account(&self, ctx: &Context<'_>) -> Result<Account, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        Account::load(cx, cx.account()?).await
    }

    /// Their membership of a committee in its present term; null for everybody else.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        crate::organisation::member_of_account(cx, cx.account()?).await
    }

    /// Their appointments in force, and those that wait for a second person.
    async fn appointments(&self, ctx: &Context<'_>) -> Result<Vec<Appointment>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        crate::organisation::appointments_of(cx, cx.account()?).await
    }

    /// Their sign-ins on all devices, newest first.
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<SessionInfo>, ApiError> {
        let cx = ctx.data_unchecked::<Cx>();
        let current = cx.session().ok();
        let sessions = cx.app().live.sessions(cx.account()?, cx.now()).await.map_err(|_| ApiError::unavailable())?;
        Ok(sessions.into_iter().map(|session| SessionInfo { current: Some(session.id) == current, session }).collect())
    }
}

/// A person's own account; nobody else can read it.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Account {
    /// The account's id: random, tells nothing.
    pub id: Gid<AccountId>,
    /// The phone as it is shown: 138****0000.
    pub phone: Option<String>,
    /// The name the person gave.
    pub name: Option<String>,
    /// Where answers may reach them besides the phone.
    pub contact: Option<String>,
    /// How far they have shown who they are.
    pub level: VerificationLevel,
    /// Whether short messages are wanted besides notices; `updateProfile` changes it.
    pub short_messages: bool,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    home_division: Option<String>,
    /// For the person's own export alone.
    #[graphql(skip)]
    whole_phone: Option<String>,
}

#[ComplexObject]
impl Account {
    /// The division they live in.
    async fn home_division(&self, ctx: &Context<'_>) -> Result<Option<Division>, ApiError> {
        match &self.home_division {
            Some(code) => crate::organisation::load_division(ctx, code).await,
            None => Ok(None),
        }
    }
}

impl Account {
    pub(super) async fn load(cx: &Cx, id: AccountId) -> Result<Self, ApiError> {
        let row = store::account(cx.read(), id).await?.ok_or_else(ApiError::unauthenticated)?;
        Self::open(cx, row).await
    }

    /// Opens the personal fields of a row.
    pub(super) async fn open(cx: &Cx, row: account::Model) -> Result<Self, ApiError> {
        let key = personal::of(cx.read(), &cx.app().keys, row.id.uuid()).await?;
        let open = |place: &str, sealed: &Option<Vec<u8>>| key.as_ref().zip(sealed.as_deref()).and_then(|(key, sealed)| key.open(place, sealed));
        Ok(Self {
            id: Gid(row.id),
            phone: open(store::PHONE, &row.phone_enc).and_then(|phone| Phone::parse(&phone)).map(|phone| phone.masked()),
            whole_phone: open(store::PHONE, &row.phone_enc),
            name: open(store::NAME, &row.name_enc),
            contact: open(store::CONTACT, &row.contact_enc),
            level: row.level,
            short_messages: !row.no_sms,
            created_at: row.created_at.utc(),
            home_division: row.home_division,
        })
    }

    pub(super) fn export(&self) -> serde_json::Value {
        serde_json::json!({
            "id": self.id.to_string(),
            "phone": self.whole_phone,
            "level": sea_orm::ActiveEnum::to_value(&self.level),
            "name": self.name,
            "contact": self.contact,
            "homeDivision": self.home_division,
            "shortMessages": self.short_messages,
            "createdAt": self.created_at,
        })
    }
}

/// A sign-in on one device.
pub struct SessionInfo {
    pub(super) session: Session,
    pub(super) current: bool,
}

/// A sign-in on one device.
#[Object(name = "Session")]
impl SessionInfo {
    /// Its id.
    pub async fn id(&self) -> Gid<SessionId> {
        Gid(self.session.id)
    }

    /// What the device called itself.
    async fn device(&self) -> &str {
        &self.session.device
    }

    /// When it began.
    async fn created_at(&self) -> DateTime<Utc> {
        shangyi_entities::Timestamp(self.session.created_at).utc()
    }

    /// When it was last refreshed.
    async fn refreshed_at(&self) -> DateTime<Utc> {
        shangyi_entities::Timestamp(self.session.refreshed_at).utc()
    }

    /// When it ends unless refreshed: 60 days after the last refresh.
    async fn expires_at(&self) -> DateTime<Utc> {
        shangyi_entities::Timestamp(self.session.expires_at).utc()
    }

    /// Whether it is the one that asks.
    async fn current(&self) -> bool {
        self.current
    }
}
