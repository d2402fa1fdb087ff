//! Signing up, in and out, and the links that stand in for a password. Unknown and known e-mails get the same answers, in the same time.

use crate::access::SESSION_LIFE;
use crate::limits::{Limit, network};
use crate::{Error, Result, Service, SignUp, secret};
use model::{AccountId, FaultCode, InvitationView, Role, SessionView, SignUpDraft, Timestamp, UserId, Violation};
use std::net::IpAddr;
use store::person::{self, LinkKind};
use store::{Reader, Tx};

/// How long a link to set a password or accept an invitation works, in milliseconds.
pub(crate) const LINK_LIFE: i64 = 24 * 60 * 60 * 1000;
const INVITATION_LIFE: i64 = 7 * LINK_LIFE;

/// What everybody tries first; together with the length this stops the plainest guessing.
const COMMON: &[&str] = &[
    "12345678",
    "123456789",
    "1234567890",
    "password",
    "password1",
    "qwertyui",
    "qwerty123",
    "11111111",
    "00000000",
    "abc12345",
    "abcd1234",
    "iloveyou",
    "senha123",
    "senha1234",
    "mudar123",
    "admin123",
    "recado123",
    "87654321",
    "brasil123",
    "flamengo",
];

/// Lower-case e-mail, or what is wrong with it. Only the mail server knows more than this.
pub(crate) fn email(text: &str) -> Result<String> {
    let email = text.trim().to_lowercase();
    if email.is_empty() {
        return Err(Error::field("email", Violation::Required));
    }
    let fits = email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && matches!(email.split_once('@'), Some((name, host)) if !name.is_empty() && name.len() <= 64 && host.len() > 2 && !host.contains('@')
            && host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && !host.contains(".."));
    if fits { Ok(email) } else { Err(Error::field("email", Violation::Malformed)) }
}

/// A name of at most 100 characters on one line, or what is wrong with it.
pub(crate) fn name(field: &str, text: &str) -> Result<String> {
    let name = text.trim();
    if name.is_empty() {
        return Err(Error::field(field, Violation::Required));
    }
    if name.chars().count() > 100 {
        return Err(Error::field(field, Violation::TooLong(100)));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::field(field, Violation::Malformed));
    }
    Ok(name.to_owned())
}

pub(crate) fn password(text: &str) -> Result<()> {
    let length = text.chars().count();
    if length < 8 {
        return Err(Error::field("password", Violation::TooShort(8)));
    }
    if length > 200 {
        return Err(Error::field("password", Violation::TooLong(200)));
    }
    if COMMON.contains(&text.to_lowercase().as_str()) {
        return Err(Error::field("password", Violation::TooCommon));
    }
    Ok(())
}

/// Gathers what is wrong with several fields into one refusal.
pub(crate) fn together<T>(results: impl IntoIterator<Item = Result<T>>) -> Result<()> {
    let mut wrong = Vec::new();
    for result in results {
        match result {
            Ok(_) => {}
            Err(Error::Invalid(fields)) => wrong.extend(fields),
            Err(other) => return Err(other),
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
}

impl Service {
    /// Who is signed in, if anybody.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn session(&self, token: Option<&str>) -> Result<Option<SessionView>> {
        match self.person(token).await {
            Ok(user) => self.0.store.read(async move |c: &Reader| Ok(person::session_view(c, user).await?)).await,
            Err(Error::Fault(FaultCode::SignedOut)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Whether nobody exists yet, so that the first page is the sign-up.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn untouched(&self) -> Result<bool> {
        self.0.store.read(async move |c: &Reader| Ok(!person::anybody(c).await?)).await
    }

    /// Whether this server takes new accounts.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sign_up_open(&self) -> Result<bool> {
        Ok(match self.settings().sign_up {
            SignUp::Open => true,
            SignUp::Closed => false,
            SignUp::First => self.untouched().await?,
        })
    }

    /// Makes an account with its first administrator, and opens a session; answers its token.
    ///
    /// # Errors
    /// `SignUpClosed`, `Invalid` (a known e-mail is `Taken`), `TooMany`.
    pub async fn sign_up(&self, draft: SignUpDraft, from: IpAddr) -> Result<(String, SessionView)> {
        if !self.sign_up_open().await? {
            return Err(Error::Fault(FaultCode::SignUpClosed));
        }
        together([
            name("account", &draft.account).map(drop),
            name("name", &draft.name).map(drop),
            email(&draft.email).map(drop),
            password(&draft.password),
        ])?;
        self.0.limits.take(Limit::SignUp, &network(from))?;
        let only_first = self.settings().sign_up == SignUp::First;
        let (_, user) = self.make_account(&draft, only_first).await?;
        self.open_session(user).await
    }

    /// Makes an account; `only_first` refuses where somebody was faster, looked at inside the same write.
    pub(crate) async fn make_account(&self, draft: &SignUpDraft, only_first: bool) -> Result<(AccountId, UserId)> {
        let (account, person_name, email) = (name("account", &draft.account)?, name("name", &draft.name)?, email(&draft.email)?);
        let password = secret::hash_password(&draft.password).await?;
        let (language, now) = (draft.language, self.now());
        let make = async move |tx: &mut Tx| {
            if only_first && person::anybody_before(tx).await? {
                return Err(Error::Fault(FaultCode::SignUpClosed));
            }
            let user = match person::insert(tx, &person_name, &email, Some(&password), language, now).await {
                Err(store::Error::Taken(_)) => return Err(Error::field("email", Violation::Taken)),
                other => other?,
            };
            let account = store::account::insert(tx, &account, language, now).await?;
            person::join(tx, account, user, Role::Administrator, true, now).await?;
            Ok((account, user))
        };
        self.0.store.write(make).await
    }

    async fn open_session(&self, user: UserId) -> Result<(String, SessionView)> {
        let (token, now) = (secret::token(), self.now());
        let hash = secret::hash(&token);
        let open = async move |tx: &mut Tx| {
            person::open_session(tx, user, &hash, now, now.plus(SESSION_LIFE)).await?;
            person::session_view(tx, user).await?.ok_or_else(Error::missing)
        };
        Ok((token, self.0.store.write(open).await?))
    }

    /// Checks e-mail and password, and opens a session; answers its token.
    ///
    /// # Errors
    /// `WrongCredentials` for unknown people and wrong passwords alike, `TooMany`.
    pub async fn sign_in(&self, email: &str, password: &str, from: IpAddr) -> Result<(String, SessionView)> {
        let email = email.trim().to_lowercase();
        let network = network(from);
        self.0.limits.take(Limit::SignInNetwork, &network)?;
        self.0.limits.take(Limit::SignIn, &format!("{network} {email}"))?;
        self.0.limits.take(Limit::SignInPerson, &email)?;
        let found = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(person::by_email(c, &email).await?)).await?;
        let (user, phc) = found.map_or((None, None), |p| (Some(p.id), p.password));
        let old = phc.clone().filter(|phc| secret::is_bcrypt(phc));
        let fits = secret::check_password(password, phc).await;
        match user {
            Some(user) if fits => {
                if let Some(old) = old {
                    let new = secret::hash_password(password).await?;
                    let renew = async move |tx: &mut Tx| Ok::<_, Error>(person::replace_password(tx, user, &old, &new).await?);
                    self.0.store.write(renew).await?;
                }
                self.open_session(user).await
            }
            _ => Err(Error::Fault(FaultCode::WrongCredentials)),
        }
    }

    /// Ends one session.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sign_out(&self, token: &str) -> Result<()> {
        let hash = secret::hash(token);
        self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(person::close_session(tx, &hash).await?)).await?;
        self.0.hub.recheck();
        Ok(())
    }

    /// Ends every session of a person.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sign_out_everywhere(&self, user: UserId) -> Result<()> {
        self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(person::close_sessions(tx, user, None).await?)).await?;
        self.0.hub.recheck();
        Ok(())
    }

    /// A link to set a new password, for the command line to hand over; none when nobody has the address.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn make_reset_link(&self, email: &str) -> Result<Option<String>> {
        let (email, token, now) = (email.trim().to_lowercase(), secret::token(), self.now());
        let hash = secret::hash(&token);
        let make = async move |tx: &mut Tx| {
            let Some(known) = person::by_email(tx, &email).await? else { return Ok::<_, Error>(false) };
            person::open_link(tx, LinkKind::Reset, &hash, known.id, None, now, now.plus(LINK_LIFE)).await?;
            Ok(true)
        };
        let made = self.0.store.write(make).await?;
        Ok(made.then(|| format!("{}/reset/{token}", self.settings().public_url)))
    }

    /// Sets a new password with the token of a link, and ends every session of the person.
    ///
    /// # Errors
    /// `LinkExpired`, `Invalid`, `TooMany`.
    pub async fn reset_password(&self, token: &str, new: &str, from: IpAddr) -> Result<()> {
        self.0.limits.take(Limit::Link, &network(from))?;
        password(new)?;
        let (hash, now) = (secret::hash(token), self.now());
        let phc = secret::hash_password(new).await?;
        let set = async move |tx: &mut Tx| {
            let found = person::link(tx, LinkKind::Reset, &hash, now).await?;
            let (user, _) = found.ok_or(Error::Fault(FaultCode::LinkExpired))?;
            if !person::use_link(tx, &hash).await? {
                return Err(Error::Fault(FaultCode::LinkExpired));
            }
            person::set_password(tx, user, &phc).await?;
            person::close_sessions(tx, user, None).await?;
            Ok(())
        };
        self.0.store.write(set).await?;
        self.0.hub.recheck();
        Ok(())
    }

    pub(crate) async fn open_invitation(tx: &Tx, account: AccountId, user: UserId, now: Timestamp) -> Result<String> {
        let token = secret::token();
        person::open_link(tx, LinkKind::Invitation, &secret::hash(&token), user, Some(account), now, now.plus(INVITATION_LIFE)).await?;
        Ok(token)
    }

    /// Shows an invitation before it is accepted.
    ///
    /// # Errors
    /// `LinkExpired`, `TooMany`.
    pub async fn invitation(&self, token: &str, from: IpAddr) -> Result<InvitationView> {
        self.0.limits.take(Limit::Link, &network(from))?;
        let (hash, now) = (secret::hash(token), self.now());
        let look = async move |c: &Reader| {
            let expired = || Error::Fault(FaultCode::LinkExpired);
            let (user, account) = person::link(c, LinkKind::Invitation, &hash, now).await?.ok_or_else(expired)?;
            let person = person::load(c, user).await?.ok_or_else(expired)?;
            let account = store::account::load(c, account).await?.ok_or_else(expired)?;
            Ok(InvitationView { account: account.name, email: person.email, name: person.name, known: person.password.is_some() })
        };
        self.0.store.read(look).await
    }

    /// Accepts an invitation and opens a session; answers its token. Somebody who has a password must give that one.
    ///
    /// # Errors
    /// `LinkExpired`, `WrongCredentials`, `Invalid`, `TooMany`.
    pub async fn accept_invitation(&self, token: &str, given: &str, pass: &str, from: IpAddr) -> Result<(String, SessionView)> {
        let invitation = self.invitation(token, from).await?;
        let (hash, now) = (secret::hash(token), self.now());
        let mut fresh = None;
        if invitation.known {
            let email = invitation.email.clone();
            let known = self.0.store.read(async move |c: &Reader| Ok::<_, Error>(person::by_email(c, &email).await?)).await?;
            if !secret::check_password(pass, known.and_then(|p| p.password)).await {
                return Err(Error::Fault(FaultCode::WrongCredentials));
            }
        } else {
            together([name("name", given).map(drop), password(pass)])?;
            fresh = Some((name("name", given)?, secret::hash_password(pass).await?));
        }
        let accept = async move |tx: &mut Tx| {
            let found = person::link(tx, LinkKind::Invitation, &hash, now).await?;
            let (user, account) = found.ok_or(Error::Fault(FaultCode::LinkExpired))?;
            if !person::use_link(tx, &hash).await? {
                return Err(Error::Fault(FaultCode::LinkExpired));
            }
            if let Some((name, phc)) = fresh {
                person::set_password(tx, user, &phc).await?;
                person::update(tx, user, &model::ProfileDraft { name: Some(name), ..Default::default() }).await?;
            }
            person::confirm(tx, account, user).await?;
            person::set_last_account(tx, user, account).await?;
            crate::people::note_agent(tx, account, user, now).await?;
            Ok(user)
        };
        let user = self.0.store.write(accept).await?;
        self.open_session(user).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(email(" Ana@Exemplo.COM.br ").unwrap(), "ana@exemplo.com.br");
        for bad in ["ana", "ana@", "@x.y", "a b@x.com", "ana@x", "ana@x..com", "ana@@x.com", "ana@x.com\r\nBcc: b@x.com"] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let all = together([name("name", "").map(drop), email("x").map(drop), password("short")]);
        assert!(matches!(all, Err(Error::Invalid(fields)) if fields.len() == 3));
    }
}
