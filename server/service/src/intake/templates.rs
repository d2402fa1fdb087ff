//! The texts a provider has approved, asked for when an agent wants to choose one. Sending one is a reply like any other.

use crate::{Error, Result, Scope, Service, Tenant};
use channels::{TemplateHeader, TemplateStatus};
use model::{AttachmentKind, InboxId, Permission, TemplateView};
use store::{Reader, inbox};

impl Service {
    /// The templates of an inbox that may be used now, as its provider knows them.
    ///
    /// # Errors
    /// `Missing`; `Provider` in the provider's words.
    pub async fn templates(&self, scope: &Scope, id: InboxId) -> Result<Vec<TemplateView>> {
        let look = async move |c: &Reader, t: &Tenant| Ok(inbox::load(c, t.account, t.inbox(id)?).await?.ok_or_else(Error::missing)?);
        let found = self.enter(scope, Permission::Reply)?.read(look).await?;
        let channel = channels::find(&found.kind).ok_or_else(Error::missing)?;
        let wiring = self.wiring(&found.kind, &found.public_key);
        let all = channel.templates(&self.link_of(&wiring, &found)).await.map_err(crate::inboxes::refused)?;
        let mut views: Vec<_> = all.into_iter().filter(|template| template.status == TemplateStatus::Approved).map(view).collect();
        views.sort_by(|a, b| (&a.title, &a.name, &a.language).cmp(&(&b.title, &b.name, &b.language)));
        Ok(views)
    }
}

fn view(template: channels::Template) -> TemplateView {
    let (header, media) = match template.header {
        TemplateHeader::Text(line) => (line, None),
        TemplateHeader::Image => (String::new(), Some(AttachmentKind::Image)),
        TemplateHeader::Video => (String::new(), Some(AttachmentKind::Video)),
        TemplateHeader::Document => (String::new(), Some(AttachmentKind::Document)),
        TemplateHeader::None | TemplateHeader::Location => (String::new(), None),
    };
    TemplateView {
        name: template.name,
        title: template.title,
        language: template.language,
        category: template.category,
        header,
        media,
        body: template.body,
        footer: template.footer,
        buttons: template.buttons,
        params: template.params,
    }
}
