//! What clients give, object by object, in the notation of `notation`: the document's request bodies, and what requests are checked against.
//! How it is understood stands in the routes and services.

/// Name, words and fields.
pub const GIVEN: &[(&str, &str, &str)] = &[
    (
        "AccountChange",
        "What changes about an account",
        r#"
        name?: text(1..100) = Loja
        locale?: 'en' | 'pt_BR' | 'pt-BR' | 'pt' = pt_BR"#,
    ),
    (
        "ProfileChange",
        "What changes about the caller",
        r#"
        name?: text(1..100) = Ana
        display_name?: text(1..100) = Ana -- taken where `name` is absent"#,
    ),
    (
        "AvailabilityChange",
        "Whether the caller is there",
        r#"
        availability: 'online' | 'available' | 'busy' | 'offline'
        account_id: id -- in which account"#,
    ),
    (
        "AgentDraft",
        "A colleague to invite",
        r#"
        name: text(1..100) = Bia
        email: email = bia@example.com
        role?: 'agent' | 'administrator'"#,
    ),
    (
        "AgentChange",
        "What changes about a colleague",
        r#"
        role?: 'agent' | 'administrator' -- administrators only
        availability?: 'online' | 'available' | 'busy' | 'offline' -- one's own; "available" is "online""#,
    ),
    (
        "BotDraft",
        "A bot",
        r#"
        name: text(1..100) = Robô
        description?: text(0..500) = Answers at night
        outgoing_url?: uri = https://example.com/bot -- where its events go; none for a bot of rules
        bot_config?: object -- of the client's own; `rules` are the built-in bot's"#,
    ),
    (
        "BotChange",
        "What changes about a bot",
        r#"
        name?: text(1..100) = Robô
        description?: text(0..500) = Answers at night
        outgoing_url?: uri = https://example.com/bot
        bot_config?: object"#,
    ),
    (
        "ContactDraft",
        "A contact; with an inbox it gets an address there",
        r#"
        name?: text = Zé
        email?: email = ze@example.com
        phone_number?: text = +5511987654321 -- E.164
        identifier?: text = user-77 -- what another system calls them
        blocked?: bool = false
        additional_attributes?: object = {"city":"Recife","company_name":"Acme"} -- city, country, country_code, company_name, description and the client's own
        custom_attributes?: object = {"plan":"gold"}
        inbox_id?: id
        source_id?: text = visitor-1 -- their address in that inbox; made up where the channel allows"#,
    ),
    (
        "ContactChange",
        "What changes about a contact; absent parts stay",
        r#"
        name?: text = Zé
        email?: email = ze@example.com
        phone_number?: text = +5511987654321
        identifier?: text = user-77
        blocked?: bool = false
        additional_attributes?: object
        custom_attributes?: object = {"plan":"gold"} -- null removes one"#,
    ),
    (
        "FilterRowDraft",
        "One condition",
        r#"
        attribute_key: text = status -- `status`, `assignee_id`, `inbox_id`, `team_id`, `labels`, `priority`, `created_at`, `last_activity_at`, `name`, `email`, … or a custom attribute's key
        filter_operator: 'equal_to' | 'not_equal_to' | 'contains' | 'does_not_contain' | 'starts_with' | 'is_present' | 'is_not_present' | 'is_greater_than' | 'is_less_than' | 'days_before'
        values?: any = ["open"] -- a list; not needed for `is_present` and `is_not_present`
        query_operator?: 'AND' | 'OR' | 'and' | 'or' | '' | null = AND -- how the next row is joined; AND binds tighter"#,
    ),
    (
        "FilterDraft",
        "Conditions",
        r#"
        payload: [FilterRowDraft]"#,
    ),
    (
        "ContactFilterDraft",
        "Conditions on contacts",
        r#"
        payload: [FilterRowDraft] = [{"attribute_key":"name","filter_operator":"contains","values":["ana"],"query_operator":null}]"#,
    ),
    (
        "ContactImport",
        "A CSV file whose first row names the columns",
        r#"
        import_file: file | text = "name,email\nZé,ze.import@example.com\n""#,
    ),
    (
        "LabelTitles",
        "Labels by title; unknown ones are made for administrators",
        r#"
        labels: [text] = ["vip"]"#,
    ),
    (
        "ContactInboxDraft",
        "An address",
        r#"
        inbox_id: id
        source_id?: text = visitor-2"#,
    ),
    (
        "AttributeNames",
        "Attributes by key",
        r#"
        custom_attributes: [text] = ["plan"]"#,
    ),
    (
        "NoteDraft",
        "A line about a contact",
        r#"
        content: text = Prefers the telephone"#,
    ),
    (
        "ContactMerge",
        "Two contacts that are one",
        r#"
        base_contact_id: id = 1 -- stays
        mergee_contact_id: id = 2 -- goes"#,
    ),
    (
        "FirstMessage",
        "The first message of a conversation",
        r#"
        content?: text = Good morning!
        private?: bool = false
        template_params?: TemplateDraft | null = null"#,
    ),
    (
        "TemplateDraft",
        "A message the provider approved before",
        r#"
        name: text = order_update
        category?: text = UTILITY
        language?: text = pt_BR
        processed_params?: object = {"1":"Zé"}"#,
    ),
    (
        "ConversationDraft",
        "A conversation, by contact and inbox or by source id and inbox",
        r#"
        contact_id?: id
        inbox_id?: id
        source_id?: text = visitor-1
        status?: 'open' | 'resolved' | 'pending' | 'snoozed'
        snoozed_until?: time
        assignee_id?: id
        team_id?: id
        additional_attributes?: object = {"mail_subject":"Order 77"}
        custom_attributes?: object = {"order":"77"}
        message?: FirstMessage"#,
    ),
    (
        "ConversationChange",
        "What changes about a conversation",
        r#"
        priority?: 'low' | 'medium' | 'high' | 'urgent' | 'none' | null = high
        status?: 'open' | 'resolved' | 'pending' | 'snoozed'
        snoozed_until?: time"#,
    ),
    (
        "StatusChange",
        "Where it stands; without a status it is resolved, or opened again",
        r#"
        status?: 'open' | 'resolved' | 'pending' | 'snoozed'
        snoozed_until?: time -- seconds or RFC 3339; until somebody writes, where absent"#,
    ),
    (
        "PriorityChange",
        "How urgent it is",
        r#"
        priority?: 'low' | 'medium' | 'high' | 'urgent' | 'none' | null = high"#,
    ),
    (
        "Typing",
        "Whether somebody types",
        r#"
        typing_status: 'on' | 'off' | 'recording'
        is_private?: bool = false -- of a private note: only webhooks are told"#,
    ),
    (
        "AssignmentDraft",
        "A colleague, or else a team; null or 0 for nobody",
        r#"
        assignee_id?: id | null
        team_id?: id | null"#,
    ),
    (
        "AttributesDraft",
        "All attributes of a conversation",
        r#"
        custom_attributes: object = {"order":"77"}"#,
    ),
    (
        "TranscriptDraft",
        "Where to",
        r#"
        email: email = ze@example.com"#,
    ),
    (
        "UserIds",
        "Colleagues",
        r#"
        user_ids: [id]"#,
    ),
    (
        "UnsentText",
        "Text that is not sent yet",
        r#"
        draft_message: {message: text} = {"message":"Good mor"}"#,
    ),
    (
        "MessageDraft",
        "A message; JSON, or multipart with files",
        r#"
        content?: text(0..150000) = Good morning! -- needed where there are no files, items or template
        message_type?: 'outgoing' | 'incoming' -- incoming in API inboxes only
        private?: bool = false -- for colleagues only
        content_type?: 'text' | 'input_select' | 'cards' | 'form' | 'article' | 'input_email' | 'input_csat' = text
        content_attributes?: object = {} -- `items` of rich messages, `in_reply_to`
        echo_id?: text | int = c-1 -- the client's own id: the same twice is one message
        source_id?: text(0..500) | null = null -- the outside system's id: the same twice in an inbox is one message
        template_params?: TemplateDraft | null = null
        to_emails?: text | null = null -- comma-separated; in e-mail inboxes
        cc_emails?: text | null = null
        bcc_emails?: text | null = null
        attachments?: [file] -- up to fifteen, in multipart bodies"#,
    ),
    (
        "MessageChange",
        "What became of a message in the system behind an API inbox",
        r#"
        status?: 'sent' | 'delivered' | 'read' | 'failed' = delivered
        external_error?: text -- why it failed"#,
    ),
    (
        "ChannelDraft",
        "A channel: its type, and its own fields by upstream's names or those of the interface",
        r#"
        type: 'web_widget' | 'api' | 'email' | 'telegram' | 'whatsapp' | 'line' | 'sms' | 'twilio_sms' | 'facebook' | 'instagram' | 'x' | 'website' | 'twilio' | 'messenger' | 'facebook_page' | 'twitter' = api
        webhook_url?: uri -- of an API inbox: where its events go
        hmac_mandatory?: bool = false
        website_url?: text = https://loja.example -- of a website
        widget_color?: text = #1f6f54
        welcome_title?: text = Hello
        welcome_tagline?: text = We answer at once"#,
    ),
    (
        "AllotmentDraft",
        "How conversations are handed out",
        r#"
        max_assignment_limit?: int(1..10000) | null = 10 -- open conversations of one person"#,
    ),
    (
        "InboxDraft",
        "An inbox",
        r#"
        name: text(1..100) = App
        channel: ChannelDraft = {"type":"api","webhook_url":""}
        greeting_enabled?: bool = false
        greeting_message?: text = Hello!
        enable_auto_assignment?: bool = true
        auto_assignment_config?: AllotmentDraft
        lock_to_single_conversation?: bool = false
        hmac_mandatory?: bool = false
        business_name?: text = Loja
        working_hours_enabled?: bool = true
        working_hours?: [DayDraft] -- days left out stay
        timezone?: text = America/Sao_Paulo -- of the IANA database
        out_of_office_message?: text = Back tomorrow"#,
    ),
    (
        "InboxChange",
        "What changes about an inbox",
        r#"
        name?: text(1..100) = App
        channel?: object = {} -- fields of its channel
        greeting_enabled?: bool = false
        greeting_message?: text = Hello!
        enable_auto_assignment?: bool = true
        auto_assignment_config?: AllotmentDraft
        lock_to_single_conversation?: bool = false
        hmac_mandatory?: bool = false
        business_name?: text = Loja
        working_hours_enabled?: bool = true
        working_hours?: [DayDraft] -- days left out stay
        timezone?: text = America/Sao_Paulo -- of the IANA database
        out_of_office_message?: text = Back tomorrow"#,
    ),
    (
        "DayDraft",
        "When people of an inbox are there on one day: closed, open all day, or from one time to another",
        r#"
        day_of_week: int(0..6) = 1 -- Sunday is 0
        closed_all_day?: bool = false
        open_all_day?: bool = false
        open_hour?: int(0..23) | null = 9
        open_minutes?: int(0..59) | null = 0
        close_hour?: int(0..23) | null = 17
        close_minutes?: int(0..59) | null = 0"#,
    ),
    (
        "BotChoice",
        "A bot; none takes it away",
        r#"
        agent_bot?: id | null = null"#,
    ),
    (
        "MemberChange",
        "Colleagues of an inbox",
        r#"
        inbox_id: id
        user_ids: [id]"#,
    ),
    (
        "TeamDraft",
        "A team",
        r#"
        name: text(1..100) = Sales
        description?: text = Sells
        allow_auto_assign?: bool = true"#,
    ),
    (
        "TeamChange",
        "What changes about a team",
        r#"
        name?: text(1..100) = Sales
        description?: text = Sells
        allow_auto_assign?: bool = true"#,
    ),
    (
        "CannedDraft",
        "A canned response",
        r#"
        short_code: text = hello
        content: text = Hello! How can I help?"#,
    ),
    (
        "CannedChange",
        "What changes about a canned response",
        r#"
        short_code?: text = hello
        content?: text = Hello! How can I help?"#,
    ),
    (
        "LabelDraft",
        "A label",
        r#"
        title: text = vip
        description?: text = Looks after itself
        color?: text = #1f93ff
        show_on_sidebar?: bool = true"#,
    ),
    (
        "LabelChange",
        "What changes about a label",
        r#"
        title?: text = vip
        description?: text = Looks after itself
        color?: text = #1f93ff
        show_on_sidebar?: bool = true"#,
    ),
    (
        "MacroActionDraft",
        "One step",
        r#"
        action_name: text = add_label -- `assign_agent`, `assign_team`, `add_label`, `remove_label`, `resolve_conversation`, `change_priority`, `send_message`, `add_private_note`, …
        action_params?: any = ["vip"] -- a list"#,
    ),
    (
        "MacroDraft",
        "A macro",
        r#"
        name: text(1..100) = Close politely
        visibility?: 'personal' | 'global'
        actions: [MacroActionDraft]"#,
    ),
    (
        "MacroChange",
        "What changes about a macro",
        r#"
        name?: text(1..100) = Close politely
        visibility?: 'personal' | 'global'
        actions?: [MacroActionDraft]"#,
    ),
    (
        "MacroRun",
        "On which",
        r#"
        conversation_ids: [id]"#,
    ),
    (
        "AttributeDraft",
        "The definition of an attribute",
        r#"
        attribute_display_name: text = Plan
        attribute_display_type?: 'text' | 'number' | 'link' | 'date' | 'list' | 'checkbox' | 'currency' | 'percent' = text
        attribute_description?: text = What they pay for
        attribute_key: text = plan_of
        attribute_values?: [text] = [] -- of a list
        attribute_model?: 'conversation_attribute' | 'contact_attribute' = contact_attribute"#,
    ),
    (
        "AttributeChange",
        "What changes about a definition; key, type and model stay",
        r#"
        attribute_display_name?: text = Plan
        attribute_description?: text = What they pay for
        attribute_values?: [text] = []"#,
    ),
    (
        "CustomFilterDraft",
        "A saved filter",
        r#"
        name: text = Open ones
        type?: 'conversation' | 'contact' | 'report' -- of reports: 501
        query?: FilterDraft"#,
    ),
    (
        "CustomFilterChange",
        "What changes about a saved filter",
        r#"
        name?: text = Open ones
        query?: FilterDraft"#,
    ),
    (
        "WebhookDraft",
        "A webhook",
        r#"
        url: uri = https://example.com/hook
        name?: text = CRM
        subscriptions?: ['conversation_created' | 'conversation_status_changed' | 'conversation_updated' | 'message_created' | 'message_updated' | 'webwidget_triggered' | 'contact_created' | 'contact_updated' | 'inbox_created' | 'inbox_updated' | 'conversation_typing_on' | 'conversation_typing_off'] = ["message_created"]
        inbox_id?: id | null = null -- of one inbox only"#,
    ),
    (
        "WebhookChange",
        "What changes about a webhook",
        r#"
        url?: uri = https://example.com/hook
        name?: text = CRM
        subscriptions?: [text] = ["message_created"]
        inbox_id?: id | null = null"#,
    ),
    (
        "SettingsChange",
        "What the caller wants to be told",
        r#"
        selected_email_flags?: [text] = ["email_conversation_assignment"]
        selected_push_flags?: [text] = ["push_conversation_assignment"]"#,
    ),
    (
        "BulkDraft",
        "The same to many",
        r#"
        type?: 'Conversation'
        ids: [id]
        fields?: {status?: 'open' | 'resolved' | 'pending' | 'snoozed'; assignee_id?: id | null; team_id?: id | null} = {"status":"open"}
        labels?: {add?: [text]; remove?: [text]} = {"add":["vip"]}
        snoozed_until?: time | null = null"#,
    ),
    (
        "ClientContactDraft",
        "An app's user",
        r#"
        source_id?: text(0..255) | null = null -- 22 characters or more, unless signed; made up where absent
        identifier?: text = user-78
        identifier_hash?: text | null = null -- hexadecimal HMAC-SHA256 of the identifier with the inbox's key
        name?: text = Zé
        email?: email = ze.app@example.com
        phone_number?: text | null = null
        custom_attributes?: object = {}"#,
    ),
    (
        "ClientContactChange",
        "What changes about an app's user",
        r#"
        name?: text = Zé
        email?: email = ze.app@example.com
        phone_number?: text | null = null
        custom_attributes?: object = {}"#,
    ),
    (
        "ClientConversationDraft",
        "A conversation of an app's user",
        r#"
        custom_attributes?: object = {"order":"77"}"#,
    ),
    (
        "ClientMessageDraft",
        "What an app's user writes; JSON, or multipart with files",
        r#"
        content?: text = Where is my order?
        echo_id?: text | int = c-2
        attachments?: [file]"#,
    ),
    (
        "Submitted",
        "What was chosen in a rich message, or in one of the user's own",
        r#"
        submitted_values: any = [{"title":"Yes","value":"yes"}]"#,
    ),
    (
        "PlatformAccountDraft",
        "An account",
        r#"
        name: text(1..100) = Acme
        locale?: text = en"#,
    ),
    (
        "PlatformAccountChange",
        "What changes about an account",
        r#"
        name?: text(1..100) = Acme
        locale?: text = en"#,
    ),
    (
        "PersonDraft",
        "A person",
        r#"
        name: text(1..100) = Caio
        email: email = caio@example.com
        password?: text = horse-battery-staple-7"#,
    ),
    (
        "PersonChange",
        "What changes about a person",
        r#"
        name?: text(1..100) = Caio
        email?: email = caio@example.com"#,
    ),
    (
        "AccountUserDraft",
        "Somebody's place in an account",
        r#"
        user_id: id
        role: 'agent' | 'administrator'"#,
    ),
    (
        "AccountUserChoice",
        "Who",
        r#"
        user_id: id"#,
    ),
    (
        "PlatformBotDraft",
        "A bot, of one account or of all",
        r#"
        name: text(1..100) = Robô
        description?: text(0..500) = Answers at night
        outgoing_url?: uri = https://example.com/bot
        account_id?: id | null = null"#,
    ),
];
