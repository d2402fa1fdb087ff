//! Colleagues: who they are, inviting them, changing and removing them; and accounts made on the command line.

use crate::session::{email, name};
use crate::{Error, Result, Scope, Service, Tenant, secret};
use model::*;
use store::{Audience, Reader, Tx, person};

/// What the command line answers after making an account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The account.
    pub account: AccountId,
    /// Its first administrator.
    pub user: UserId,
    /// An API token of theirs; shown once.
    pub token: String,
}

/// Tells everybody what a colleague looks like now.
pub(crate) async fn note_agent(tx: &mut Tx, account: AccountId, user: UserId, at: Timestamp) -> Result<()> {
    for agent in person::agents(tx, account, Some(user)).await? {
        tx.note(account, at, Audience::everybody(), Change::Agent { agent: Box::new(agent) });
    }
    Ok(())
}

/// Tells one person's screens that their rights changed.
pub(crate) fn note_access(tx: &mut Tx, account: AccountId, user: UserId, at: Timestamp) {
    tx.note(account, at, Audience::only(user), Change::Access { user });
}

impl Service {
    /// Everybody in the account.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn agents(&self, scope: &Scope) -> Result<Vec<AgentView>> {
        let tenant = self.enter(scope, Permission::Read)?;
        tenant.read(async move |c: &Reader, t: &Tenant| Ok(person::agents(c, t.account, None).await?)).await
    }

    /// Invites somebody; the link is answered, to be handed over. Inviting somebody who has not accepted yet makes a new link.
    ///
    /// # Errors
    /// `Forbidden`, `Invalid`; `Conflict` when they are in the account already.
    pub async fn invite_agent(&self, scope: &Scope, given: &str, address: &str, role: Role) -> Result<InvitedView> {
        let tenant = self.enter(scope, Permission::ManageAgents)?;
        crate::session::together([name("name", given).map(drop), email(address).map(drop)])?;
        let (given, address, now) = (name("name", given)?, email(address)?, self.now());
        let service = self.clone();
        let invite = async move |tx: &mut Tx, t: &Tenant| {
            let of = store::account::load(tx, t.account).await?.ok_or_else(Error::missing)?;
            let language = of.language;
            let user = match person::by_email(tx, &address).await? {
                Some(known) => known.id,
                None => person::insert(tx, &given, &address, None, language, now).await?,
            };
            let here = person::agents(tx, t.account, Some(user)).await?.pop();
            match here {
                Some(agent) if agent.confirmed => return Err(Error::field("email", Violation::Taken)),
                Some(_) => drop(person::set_role(tx, t.account, user, role).await?),
                None => person::join(tx, t.account, user, role, false, now).await?,
            }
            let token = Self::open_invitation(tx, t.account, user, now).await?;
            note_agent(tx, t.account, user, now).await?;
            crate::desk::tick(tx, t.account, now, |list| list.invite = true).await?;
            let agent = person::agents(tx, t.account, Some(user)).await?.pop().ok_or_else(Error::missing)?;
            let link = format!("{}/invite/{token}", service.settings().public_url);
            let notice = crate::mail::invitation(&agent.name, &agent.email, &of.name, &link, language);
            let mailed = service.send_notice(tx, &notice, now).await?;
            Ok((agent, Some(link).filter(|_| !mailed)))
        };
        let (agent, link) = tenant.write(invite).await?;
        Ok(InvitedView { agent, link })
    }

    /// Changes a colleague's standing; the last administrator stays one.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`; `Conflict` for the last administrator.
    pub async fn set_role(&self, scope: &Scope, user: UserId, role: Role) -> Result<()> {
        let now = self.now();
        let set = async move |tx: &mut Tx, t: &Tenant| {
            keep_an_administrator(tx, t.account, user, role == Role::Administrator).await?;
            if !person::set_role(tx, t.account, user, role).await? {
                return Err(Error::missing());
            }
            note_agent(tx, t.account, user, now).await?;
            note_access(tx, t.account, user, now);
            Ok(())
        };
        self.enter(scope, Permission::ManageAgents)?.write(set).await
    }

    /// Takes a colleague out of the account; their conversations become unassigned.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`; `Conflict` for the last administrator.
    pub async fn remove_agent(&self, scope: &Scope, user: UserId) -> Result<()> {
        let now = self.now();
        let remove = async move |tx: &mut Tx, t: &Tenant| {
            keep_an_administrator(tx, t.account, user, false).await?;
            for id in store::conversation::assigned_to(tx, t.account, user).await? {
                let mut conversation = t.conversation(tx, id).await?;
                let was = conversation.view.placement();
                conversation.view.assignee = None;
                store::conversation::save(tx, t.account, Some(was), &conversation, now).await?;
            }
            if !person::leave(tx, t.account, user).await? {
                return Err(Error::missing());
            }
            tx.note(t.account, now, Audience::everybody(), Change::AgentRemoved { user });
            note_access(tx, t.account, user, now);
            Ok(())
        };
        self.enter(scope, Permission::ManageAgents)?.write(remove).await
    }

    /// Makes an account from the command line, whatever the sign-up policy says.
    ///
    /// # Errors
    /// `Invalid`.
    pub async fn create_account(&self, draft: &SignUpDraft) -> Result<NewAccount> {
        crate::session::together([
            name("account", &draft.account).map(drop),
            name("name", &draft.name).map(drop),
            email(&draft.email).map(drop),
            crate::session::password(&draft.password),
        ])?;
        let (account, user) = self.make_account(draft, false).await?;
        let (token, now) = (secret::token(), self.now());
        let hash = secret::hash(&token);
        self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(person::add_api_token(tx, user, &hash, now).await?)).await?;
        Ok(NewAccount { account, user, token })
    }
}

async fn keep_an_administrator(tx: &Tx, account: AccountId, user: UserId, stays: bool) -> Result<()> {
    let agents = person::agents(tx, account, None).await?;
    if !agents.iter().any(|a| a.id == user) {
        return Err(Error::missing());
    }
    let another = agents.iter().any(|a| a.id != user && a.confirmed && a.role == Role::Administrator);
    if stays || another { Ok(()) } else { Err(Error::Fault(FaultCode::Conflict)) }
}
