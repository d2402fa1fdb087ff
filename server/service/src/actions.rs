//! The one runner of actions: what can be done to a conversation by hand, by a macro, in bulk, or by a rule, each with its line in the thread.

use crate::messages::{Says, send};
use crate::notices::{self, News};
use crate::thread::add_activity;
use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use store::conversation::{self, Conversation};
use store::message::NewMessage;
use store::{Reader, Tx, label, message, person, saved};

/// Most actions of one run.
const MOST: usize = 20;

/// Whether somebody can be given a conversation of this inbox.
async fn can_have(tx: &Tx, account: AccountId, user: UserId, inbox: InboxId) -> Result<bool> {
    Ok(person::sight_to_come(tx, account, user).await?.is_some_and(|(_, sight)| sight.contains(inbox)))
}

/// Does the actions in order, and writes the conversation once (and before each message, which moves it by itself).
/// `key` makes the messages' keys: one run sends each once.
pub(crate) async fn run(
    tx: &mut Tx,
    t: &Tenant,
    found: &mut Conversation,
    actions: &[Action],
    key: Option<ClientKey>,
    now: Timestamp,
) -> Result<()> {
    let mut was = found.view.placement();
    let mut before = found.clone();
    for (at, action) in actions.iter().enumerate() {
        if let Action::Send(text) | Action::Note(text) = action {
            if *found != before {
                conversation::save(tx, t.account, Some(was), found, now).await?;
            }
            let key = key.map(|key| step(key, at));
            if matches!(action, Action::Send(_)) {
                let text = crate::blanks::fill(tx, t, found, text).await?;
                send(tx, t, found, Says { text, key, ..Says::default() }, now).await?;
            } else {
                note(tx, t, found, text.clone(), key, now).await?;
            }
            was = found.view.placement();
            before = found.clone();
        } else {
            apply(tx, t, found, action, now).await?;
        }
    }
    if *found != before {
        conversation::save(tx, t.account, Some(was), found, now).await?;
    }
    Ok(())
}

/// The key of one step of a run: the run's own, counted on in its last bytes.
fn step(key: ClientKey, at: usize) -> ClientKey {
    let mut bytes = *key.0.as_bytes();
    bytes[15] = bytes[15].wrapping_add(at as u8);
    ClientKey(uuid::Uuid::from_bytes(bytes))
}

async fn note(tx: &mut Tx, t: &Tenant, found: &Conversation, text: String, key: Option<ClientKey>, now: Timestamp) -> Result<()> {
    let author = if t.user.0 == 0 { Author::System } else { Author::User { id: t.user } };
    if let Some(key) = key
        && message::by_key(tx, t.account, &author, key).await?.is_some()
    {
        return Ok(());
    }
    message::add(tx, t.account, found, NewMessage { kind: MessageKind::Note, author, key, text, ..NewMessage::default() }, now).await?;
    Ok(())
}

async fn apply(tx: &mut Tx, t: &Tenant, found: &mut Conversation, action: &Action, now: Timestamp) -> Result<()> {
    let by = (t.user.0 != 0).then_some(t.user);
    let account = t.account;
    match action {
        Action::Assign(to) => assign(tx, t, found, *to, now).await?,
        Action::AssignMe => assign(tx, t, found, by, now).await?,
        Action::AssignTeam(to) => {
            if found.view.team == *to {
                return Ok(());
            }
            if let Some(team) = to {
                let teams = store::team::all(tx, account).await?;
                let team = teams.into_iter().find(|known| known.id == *team).ok_or_else(|| Error::field("team", Violation::Malformed))?;
                // Whoever is not of the team no longer has it.
                if let Some(user) = found.view.assignee
                    && !team.members.contains(&user)
                {
                    assign(tx, t, found, None, now).await?;
                }
            }
            found.view.team = *to;
            add_activity(tx, account, found, Activity::Team { by, to: *to }, now).await?;
        }
        Action::Status(status) => set_status(tx, t, found, *status, now).await?,
        Action::SnoozeFor(millis) => {
            let until = now.plus((*millis).clamp(60_000, 366 * 86_400_000));
            set_status(tx, t, found, Status::Snoozed { until: Some(until) }, now).await?;
        }
        Action::Priority(to) => {
            if found.view.priority != *to {
                found.view.priority = *to;
                add_activity(tx, account, found, Activity::Priority { by, to: *to }, now).await?;
            }
        }
        Action::AddLabels(labels) => {
            let wanted: Vec<_> = found.view.labels.iter().chain(labels).copied().collect();
            set_labels(tx, t, found, &wanted, now).await?;
        }
        Action::RemoveLabels(labels) => {
            let wanted: Vec<_> = found.view.labels.iter().filter(|l| !labels.contains(l)).copied().collect();
            set_labels(tx, t, found, &wanted, now).await?;
        }
        Action::Mute(on) => {
            if found.view.muted != *on {
                found.view.muted = *on;
                add_activity(tx, account, found, Activity::Muted { by, on: *on }, now).await?;
                if *on {
                    set_status(tx, t, found, Status::Resolved, now).await?;
                }
            }
        }
        Action::AddParticipant(user) => {
            if !can_have(tx, account, *user, found.view.inbox).await? {
                return Err(Error::field("user", Violation::Malformed));
            }
            conversation::set_participant(tx, account, found.view.id, *user, true).await?;
        }
        Action::Send(_) | Action::Note(_) => {}
    }
    Ok(())
}

/// Gives a conversation to somebody, or to nobody, with its line and its news; the product itself gives too.
pub(crate) async fn assign(tx: &mut Tx, t: &Tenant, found: &mut Conversation, to: Option<UserId>, now: Timestamp) -> Result<()> {
    if found.view.assignee == to {
        return Ok(());
    }
    if let Some(user) = to
        && !can_have(tx, t.account, user, found.view.inbox).await?
    {
        return Err(Error::field("to", Violation::Malformed));
    }
    found.view.assignee = to;
    add_activity(tx, t.account, found, Activity::Assigned { by: t.user, to }, now).await?;
    if let Some(user) = to {
        conversation::set_participant(tx, t.account, found.view.id, user, true).await?;
        if found.view.status != Status::Pending && !found.blocked && !found.view.muted && found.view.starter.is_none() {
            let text = found.view.preview.as_ref().map(|p| p.text.clone()).unwrap_or_default();
            let news = News { message: None, by: (t.user.0 != 0).then_some(t.user), text, new: false };
            notices::tell(tx, t.account, found, user, NotificationKind::Assigned, &news, now).await?;
        }
    }
    Ok(())
}

async fn set_status(tx: &mut Tx, t: &Tenant, found: &mut Conversation, status: Status, now: Timestamp) -> Result<()> {
    if let Status::Snoozed { until: Some(until) } = status
        && until <= now
    {
        return Err(Error::field("until", Violation::Malformed));
    }
    if found.view.status == status {
        return Ok(());
    }
    found.view.status = status;
    let to = status.kind();
    // A bot has a standing and is nobody; the product has none.
    let activity = match t.user {
        UserId(0) if t.role.is_some() => Activity::Moved { to, cause: Cause::Bot },
        UserId(0) => Activity::Status { by: None, to },
        user => Activity::Status { by: Some(user), to },
    };
    add_activity(tx, t.account, found, activity, now).await
}

async fn set_labels(tx: &mut Tx, t: &Tenant, found: &mut Conversation, wanted: &[LabelId], now: Timestamp) -> Result<()> {
    let before = found.view.labels.clone();
    label::put(tx, t.account, found, wanted).await?;
    let after = &found.view.labels;
    let added: Vec<_> = after.iter().filter(|l| !before.contains(l)).copied().collect();
    let removed: Vec<_> = before.iter().filter(|l| !after.contains(l)).copied().collect();
    if added.is_empty() && removed.is_empty() {
        return Ok(());
    }
    let by = (t.user.0 != 0).then_some(t.user);
    add_activity(tx, t.account, found, Activity::Labels { by, added, removed }, now).await
}

/// Refuses what cannot be done at all, before anything is.
pub(crate) fn check(actions: &[Action]) -> Result<()> {
    let long = |text: &str| text.trim().is_empty() || text.chars().count() > 10_000;
    let bad = actions.iter().any(|a| matches!(a, Action::Send(text) | Action::Note(text) if long(text)));
    if actions.is_empty() || actions.len() > MOST || bad { Err(Error::field("actions", Violation::Malformed)) } else { Ok(()) }
}

impl Service {
    /// Does actions to one conversation, all or none.
    ///
    /// # Errors
    /// `Missing`, `Invalid`, `NotOnThisChannel`.
    pub async fn act(&self, scope: &Scope, id: ConversationId, actions: Vec<Action>) -> Result<()> {
        check(&actions)?;
        let now = self.now();
        let act = async move |tx: &mut Tx, t: &Tenant| {
            let mut found = t.conversation(tx, id).await?;
            run(tx, t, &mut found, &actions, None, now).await
        };
        self.enter(scope, Permission::Triage)?.write(act).await
    }

    /// The macros the caller may run.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn macros(&self, scope: &Scope) -> Result<Vec<MacroView>> {
        let look = async move |c: &Reader, t: &Tenant| Ok(saved::macros(c, t.account, t.user).await?);
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Keeps a macro, or changes one. Agents keep their own; only administrators share.
    ///
    /// # Errors
    /// `Missing`, `Invalid`, `Forbidden`.
    pub async fn save_macro(&self, scope: &Scope, id: Option<MacroId>, draft: MacroDraft) -> Result<MacroId> {
        check(&draft.actions)?;
        let name = crate::session::name("name", &draft.name)?;
        let may_share = scope.role().may(Permission::ManageDesk);
        if draft.shared && !may_share {
            return Err(Error::Fault(FaultCode::Forbidden));
        }
        let draft = MacroDraft { name, ..draft };
        let now = self.now();
        let save = async move |tx: &mut Tx, t: &Tenant| {
            if let Some(id) = id {
                own_macro(tx, t, id, may_share).await?;
            }
            Ok(saved::put_macro(tx, t.account, t.user, id, &draft, now).await?)
        };
        self.enter(scope, Permission::Triage)?.write(save).await
    }

    /// Removes a macro.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn delete_macro(&self, scope: &Scope, id: MacroId) -> Result<()> {
        let may_share = scope.role().may(Permission::ManageDesk);
        let delete = async move |tx: &mut Tx, t: &Tenant| {
            own_macro(tx, t, id, may_share).await?;
            saved::delete_macro(tx, t.account, id).await?;
            Ok(())
        };
        self.enter(scope, Permission::Triage)?.write(delete).await
    }

    /// Runs a macro on a conversation, all of it or nothing; one key runs once.
    ///
    /// # Errors
    /// `Missing`, `Invalid`, `NotOnThisChannel`.
    pub async fn run_macro(&self, scope: &Scope, id: MacroId, conversation: ConversationId, key: ClientKey) -> Result<()> {
        let now = self.now();
        let run = async move |tx: &mut Tx, t: &Tenant| {
            let mut found = t.conversation(tx, conversation).await?;
            let chosen = saved::macros(tx, t.account, t.user).await?.into_iter().find(|m| m.id == id).ok_or_else(Error::missing)?;
            if message::by_key(tx, t.account, &Author::System, key).await?.is_some() {
                return Ok(());
            }
            let activity = Some(Activity::Macro { by: t.user, name: chosen.name });
            message::add(tx, t.account, &found, NewMessage { key: Some(key), activity, ..NewMessage::default() }, now).await?;
            run(tx, t, &mut found, &chosen.actions, Some(key), now).await
        };
        self.enter(scope, Permission::Triage)?.write(run).await
    }
}

/// A macro the caller may change: their own, or a shared one where they may share.
async fn own_macro(tx: &Tx, t: &Tenant, id: MacroId, may_share: bool) -> Result<()> {
    let found = saved::macros(tx, t.account, t.user).await?.into_iter().find(|m| m.id == id).ok_or_else(Error::missing)?;
    let may = if found.shared { may_share } else { found.by == t.user };
    if may { Ok(()) } else { Err(Error::Fault(FaultCode::Forbidden)) }
}
