//! What an account keeps for its work: labels, teams, canned responses, custom attributes and folders. Rules of who may write which stand here.

use crate::{Error, Result, Scope, Service, Tenant};
use model::*;
use store::{Audience, Reader, Tx, attachment, conversation, label, saved, team};

/// Most files of a canned response.
const FILES: usize = 10;

/// A colour as forms give it.
fn colour(text: &str) -> Result<String> {
    let digits = text.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(text.to_lowercase())
    } else {
        Err(Error::field("colour", Violation::Malformed))
    }
}

fn short(text: &str, most: usize) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(most).collect()
}

/// A name that is taken is the field's fault, not a clash nobody can place.
fn taken(field: &'static str) -> impl Fn(store::Error) -> Error {
    move |error| if matches!(error, store::Error::Taken(_)) { Error::field(field, Violation::Taken) } else { error.into() }
}

impl Service {
    /// Makes a label, or changes one; whoever carries it shows the new title.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`, `Invalid`.
    pub async fn save_label(&self, scope: &Scope, id: Option<LabelId>, draft: LabelDraft) -> Result<LabelView> {
        let tenant = self.enter(scope, Permission::ManageDesk)?;
        let title = draft.clean_title().ok_or_else(|| Error::field("title", Violation::Malformed))?;
        let draft = LabelDraft { title, colour: colour(&draft.colour)?, description: short(&draft.description, 500), ..draft };
        let now = self.now();
        let save = async move |tx: &mut Tx, t: &Tenant| {
            let id = match id {
                Some(id) if label::update(tx, t.account, id, &draft).await.map_err(taken("title"))? => id,
                Some(_) => return Err(Error::missing()),
                None => label::insert(tx, t.account, &draft, now).await.map_err(taken("title"))?,
            };
            let LabelDraft { title, colour, description, sidebar } = draft;
            let view = LabelView { id, title, colour, description, sidebar };
            tx.note(t.account, now, Audience::everybody(), Change::Label { label: Box::new(view.clone()) });
            Ok(view)
        };
        tenant.write(save).await
    }

    /// Removes a label from everything.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn delete_label(&self, scope: &Scope, id: LabelId) -> Result<()> {
        let now = self.now();
        let delete = async move |tx: &mut Tx, t: &Tenant| {
            if !label::delete(tx, t.account, id).await? {
                return Err(Error::missing());
            }
            tx.note(t.account, now, Audience::everybody(), Change::LabelRemoved { label: id });
            Ok(())
        };
        self.enter(scope, Permission::ManageDesk)?.write(delete).await
    }

    /// Makes a team, or changes one with its members.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`, `Invalid`.
    pub async fn save_team(&self, scope: &Scope, id: Option<TeamId>, draft: TeamDraft) -> Result<TeamView> {
        let tenant = self.enter(scope, Permission::ManageDesk)?;
        let draft = TeamDraft { name: crate::session::name("name", &draft.name)?, description: short(&draft.description, 500), ..draft };
        let now = self.now();
        let save = async move |tx: &mut Tx, t: &Tenant| {
            let before = team::all(tx, t.account).await?.into_iter().find(|known| Some(known.id) == id).map(|known| known.members);
            let id = match id {
                Some(id) if team::update(tx, t.account, id, &draft).await.map_err(taken("name"))? => id,
                Some(_) => return Err(Error::missing()),
                None => team::insert(tx, t.account, &draft, now).await.map_err(taken("name"))?,
            };
            let view = team::all(tx, t.account).await?.into_iter().find(|known| known.id == id).ok_or_else(Error::missing)?;
            tx.note(t.account, now, Audience::everybody(), Change::Team { team: Box::new(view.clone()) });
            regrouped(tx, t, &before.unwrap_or_default(), &view.members, now).await?;
            Ok(view)
        };
        tenant.write(save).await
    }

    /// Removes a team; what it had belongs to no team.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn delete_team(&self, scope: &Scope, id: TeamId) -> Result<()> {
        let now = self.now();
        let delete = async move |tx: &mut Tx, t: &Tenant| {
            let gone = team::all(tx, t.account).await?.into_iter().find(|known| known.id == id).ok_or_else(Error::missing)?;
            team::delete(tx, t.account, id).await?;
            tx.note(t.account, now, Audience::everybody(), Change::TeamRemoved { team: id });
            regrouped(tx, t, &gone.members, &[], now).await
        };
        self.enter(scope, Permission::ManageDesk)?.write(delete).await
    }

    /// Canned responses by fitness for what was typed.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn canned(&self, scope: &Scope, search: &str) -> Result<Vec<CannedView>> {
        let search: String = search.chars().take(100).collect();
        let look = async move |c: &Reader, t: &Tenant| Ok(saved::canned(c, t.account, &search).await?);
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Keeps a canned response with its files, or changes one; agents may.
    ///
    /// # Errors
    /// `Missing`, `Invalid`.
    pub async fn save_canned(&self, scope: &Scope, id: Option<CannedId>, code: &str, text: &str, files: CannedFiles) -> Result<CannedId> {
        let code: String = code.trim().trim_start_matches('/').to_owned();
        if code.is_empty() || code.chars().count() > 60 || code.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(Error::field("code", Violation::Malformed));
        }
        let text = text.replace('\0', "").trim().to_owned();
        if text.is_empty() {
            return Err(Error::field("text", Violation::Required));
        }
        if text.chars().count() > 10_000 {
            return Err(Error::field("text", Violation::TooLong(10_000)));
        }
        let now = self.now();
        let save = async move |tx: &mut Tx, t: &Tenant| {
            let id = saved::put_canned(tx, t.account, id, &code, &text, now).await.map_err(taken("code"))?.ok_or_else(Error::missing)?;
            let gone = attachment::remove_of_canned(tx, t.account, id, Some(&files.remove)).await?;
            let there = attachment::of_canned(tx, t.account, &[id]).await?.len();
            if there + files.add.len() > FILES {
                return Err(Error::field("files", Violation::TooLong(FILES as u32)));
            }
            let new = attachment::uploads(tx, t.account, &format!("u{}", t.user), &files.add).await?;
            if new.len() != files.add.len() {
                return Err(Error::field("files", Violation::Malformed));
            }
            attachment::bind_canned(tx, t.account, id, &new).await?;
            Ok((id, gone))
        };
        let (id, gone) = self.enter(scope, Permission::Triage)?.write(save).await?;
        self.remove_files(gone).await;
        Ok(id)
    }

    /// Puts the files of a canned response beside what the caller writes, as if they had uploaded them now: copies, which go their own way.
    ///
    /// # Errors
    /// `Missing` where there are none.
    pub async fn attach_canned(&self, scope: &Scope, id: CannedId) -> Result<Vec<UploadView>> {
        let look = async move |c: &Reader, t: &Tenant| {
            let files = attachment::of_canned(c, t.account, &[id]).await?;
            if files.is_empty() { Err(Error::missing()) } else { Ok(files) }
        };
        let tenant = self.enter(scope, Permission::Reply)?;
        let mut made = Vec::new();
        for (_, file) in tenant.read(look).await? {
            made.push(self.copy_upload(&tenant, file).await?);
        }
        Ok(made)
    }

    /// Removes a canned response; agents may.
    ///
    /// # Errors
    /// `Missing`.
    pub async fn delete_canned(&self, scope: &Scope, id: CannedId) -> Result<()> {
        let delete = async move |tx: &mut Tx, t: &Tenant| {
            let gone = attachment::remove_of_canned(tx, t.account, id, None).await?;
            if saved::delete_canned(tx, t.account, id).await? { Ok(gone) } else { Err(Error::missing()) }
        };
        let gone = self.enter(scope, Permission::Triage)?.write(delete).await?;
        self.remove_files(gone).await;
        Ok(())
    }

    /// The custom attributes' definitions.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn attributes(&self, scope: &Scope) -> Result<Vec<AttributeView>> {
        let look = async move |c: &Reader, t: &Tenant| Ok(saved::attributes(c, t.account).await?);
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Defines a custom attribute, or renames one; its key, kind and bearer never change.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`, `Invalid`.
    pub async fn save_attribute(&self, scope: &Scope, id: Option<AttributeId>, draft: AttributeDraft) -> Result<AttributeId> {
        let tenant = self.enter(scope, Permission::ManageDesk)?;
        let key = draft.key.trim().to_lowercase();
        if key.is_empty() || key.len() > 60 || !key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(Error::field("key", Violation::Malformed));
        }
        let options: Vec<_> = draft.options.iter().map(|o| short(o, 100)).filter(|o| !o.is_empty()).take(100).collect();
        if draft.kind == AttributeKind::List && options.is_empty() {
            return Err(Error::field("options", Violation::Required));
        }
        let label = crate::session::name("label", &draft.label)?;
        let draft = AttributeDraft { key, options, label, description: short(&draft.description, 500), ..draft };
        let now = self.now();
        let save = async move |tx: &mut Tx, t: &Tenant| {
            saved::put_attribute(tx, t.account, id, &draft, now).await.map_err(taken("key"))?.ok_or_else(Error::missing)
        };
        tenant.write(save).await
    }

    /// Removes a definition; values stay where they are.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn delete_attribute(&self, scope: &Scope, id: AttributeId) -> Result<()> {
        let delete = async move |tx: &mut Tx, t: &Tenant| {
            if saved::delete_attribute(tx, t.account, id).await? { Ok(()) } else { Err(Error::missing()) }
        };
        self.enter(scope, Permission::ManageDesk)?.write(delete).await
    }

    /// The folders the caller sees, with how much each finds for them.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn folders(&self, scope: &Scope) -> Result<Vec<FolderView>> {
        let now = self.now();
        let look = async move |c: &Reader, t: &Tenant| {
            let mut folders = saved::folders(c, t.account, t.user).await?;
            for folder in folders.iter_mut().filter(|f| f.draft.entity == Entity::Conversation) {
                let found = conversation::matching(c, t.account, &t.inboxes, t.user, &folder.draft.filter, now, 1000).await?;
                folder.count = Some(found.len() as i64);
            }
            Ok(folders)
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }

    /// Keeps a folder, or changes one. Agents keep their own, at most 50; only administrators share.
    ///
    /// # Errors
    /// `Missing`, `Invalid`, `Forbidden`.
    pub async fn save_folder(&self, scope: &Scope, id: Option<FolderId>, draft: FolderDraft) -> Result<FolderId> {
        let may_share = scope.role().may(Permission::ManageDesk);
        if draft.shared && !may_share {
            return Err(Error::Fault(FaultCode::Forbidden));
        }
        if !draft.filter.is_sound(draft.entity) {
            return Err(Error::field("filter", Violation::Malformed));
        }
        let draft = FolderDraft { name: crate::session::name("name", &draft.name)?, ..draft };
        let now = self.now();
        let save = async move |tx: &mut Tx, t: &Tenant| {
            let known = saved::folders(tx, t.account, t.user).await?;
            match id {
                Some(id) => own_folder(&known, t.user, id, may_share)?,
                None if known.iter().filter(|f| f.by == t.user).count() >= 50 => return Err(Error::Fault(FaultCode::TooLarge)),
                None => {}
            }
            Ok(saved::put_folder(tx, t.account, t.user, id, &draft, now).await?)
        };
        self.enter(scope, Permission::Read)?.write(save).await
    }

    /// Removes a folder.
    ///
    /// # Errors
    /// `Missing`, `Forbidden`.
    pub async fn delete_folder(&self, scope: &Scope, id: FolderId) -> Result<()> {
        let may_share = scope.role().may(Permission::ManageDesk);
        let delete = async move |tx: &mut Tx, t: &Tenant| {
            own_folder(&saved::folders(tx, t.account, t.user).await?, t.user, id, may_share)?;
            saved::delete_folder(tx, t.account, id).await?;
            Ok(())
        };
        self.enter(scope, Permission::Read)?.write(delete).await
    }
}

fn own_folder(known: &[FolderView], user: UserId, id: FolderId, may_share: bool) -> Result<()> {
    let found = known.iter().find(|f| f.id == id).ok_or_else(Error::missing)?;
    let may = if found.draft.shared { may_share } else { found.by == user };
    if may { Ok(()) } else { Err(Error::Fault(FaultCode::Forbidden)) }
}

/// Where agents see only what their teams have, whoever came or went sees another desk.
async fn regrouped(tx: &mut Tx, t: &Tenant, before: &[UserId], after: &[UserId], now: Timestamp) -> Result<()> {
    let rule = store::account::load(tx, t.account).await?.ok_or_else(Error::missing)?.settings.agents_see;
    if rule == Visibility::Team {
        let moved = before.iter().filter(|u| !after.contains(u)).chain(after.iter().filter(|u| !before.contains(u)));
        for user in moved {
            crate::people::note_access(tx, t.account, *user, now);
        }
    }
    Ok(())
}
