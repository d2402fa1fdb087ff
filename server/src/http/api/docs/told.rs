//! What is answered, object by object, in the notation of `notation`. The objects themselves are made by `rest_shape` and its like in the
//! services; a test holds the answers of a running server against these.

/// Name, words and fields.
pub const TOLD: &[(&str, &str, &str)] = &[
    (
        "Problem",
        "A refusal: `error`, or `message` and `attributes` for what was filled in wrong",
        r#"
        error?: text = Resource could not be found
        message?: text = Name can't be blank
        attributes?: [text] = ["name"] -- the fields that are wrong
        reference?: text -- what to name when asking for help"#,
    ),
    ("Done", "Nothing to tell", ""),
    (
        "Account",
        "An account",
        r#"
        id: id
        name: text = Loja
        locale: text = pt_BR
        domain: text = ""
        support_email: text = ""
        status: 'active'
        created_at: time
        cache_keys: object
        features: [any] = []
        settings: object
        custom_attributes: object"#,
    ),
    (
        "Profile",
        "A person, to themselves",
        r#"
        id: id
        name: text = Ana
        available_name: text = Ana
        display_name: text = Ana
        email: email
        uid: text = ana@example.com
        avatar_url: text = ""
        confirmed: bool
        message_signature: null
        provider: text = email
        pubsub_token: text = ""
        ui_settings: object
        type: null
        custom_attributes: object
        hmac_identifier: text = ""
        account_id?: id
        role?: 'agent' | 'administrator'
        access_token?: text = KU7…
        accounts: [Membership]"#,
    ),
    (
        "Membership",
        "A person's place in an account",
        r#"
        id: id
        name: text = Loja
        status: 'active'
        role: 'agent' | 'administrator'
        permissions: [text] = ["agent"]
        availability: 'online' | 'busy' | 'offline'
        availability_status: 'online' | 'busy' | 'offline'
        auto_offline: bool
        custom_role_id: null
        custom_role: null"#,
    ),
    (
        "Agent",
        "A colleague",
        r#"
        id: id
        account_id: id
        name: text = Ana
        available_name: text = Ana
        email: email
        role: 'agent' | 'administrator'
        availability_status: 'online' | 'busy' | 'offline' -- offline while they have nothing open
        auto_offline: bool
        confirmed: bool
        thumbnail: text = """#,
    ),
    (
        "Bot",
        "A bot; its token and secret are for those who configure it",
        r#"
        id: id
        account_id?: id
        name: text = Robô
        description: text = Answers at night
        thumbnail: text = ""
        outgoing_url: text = https://example.com/bot
        bot_type: 'webhook'
        bot_config: object
        system_bot: bool = false
        access_token?: text = b0T…
        secret?: text = whsec_… -- signs what it is told"#,
    ),
    (
        "Team",
        "A team",
        r#"
        id: id
        account_id: id
        name: text = Sales
        description: text = Sells
        allow_auto_assign: bool
        is_member?: bool"#,
    ),
    (
        "InboxBrief",
        "An inbox, in short",
        r#"
        id: id
        avatar_url: text = ""
        channel_id: id
        name: text = App
        channel_type: text = Channel::Api
        provider?: text | null = null"#,
    ),
    (
        "Inbox",
        "An inbox; what only its channel has is absent elsewhere, and keys are for administrators",
        r#"
        id: id
        avatar_url: text = ""
        channel_id: id
        name: text = App
        channel_type: text = Channel::Api
        greeting_enabled: bool = false
        greeting_message: text = ""
        working_hours_enabled: bool = false
        working_hours: [DayTold]
        timezone: text = UTC
        enable_email_collect: bool
        csat_survey_enabled: bool = false
        enable_auto_assignment: bool
        auto_assignment_config: {max_assignment_limit?: int} = {}
        out_of_office_message: text = ""
        callback_webhook_url: text = https://example.com/hook
        allow_messages_after_resolved: bool
        lock_to_single_conversation: bool = false
        sender_name_type: text = friendly
        business_name: text = Loja
        hmac_mandatory: bool = false
        provider?: text = default
        website_url?: text = loja.example
        widget_color?: text = #1f6f54
        website_token?: text = wb7…
        welcome_title?: text = Hello
        welcome_tagline?: text = We answer at once
        reply_time?: text = ""
        web_widget_script?: text = <script …></script>
        inbox_identifier?: text = ap1…
        webhook_url?: text = https://example.com/hook
        additional_attributes?: {agent_reply_time_window?: int} = {}
        phone_number?: text = +5511987654321
        reauthorization_required?: bool = false
        bot_name?: text = loja_bot
        medium?: text = sms
        hmac_token?: text = 5ecret…
        secret?: text = whsec_… -- signs the callback of an API inbox"#,
    ),
    (
        "ContactInbox",
        "A contact's address in an inbox",
        r#"
        source_id: text = visitor-1
        inbox: InboxBrief"#,
    ),
    (
        "ContactPlace",
        "A contact's address in an inbox, with the whole inbox",
        r#"
        source_id: text = visitor-1
        inbox_id: id
        inbox: Inbox"#,
    ),
    (
        "Contact",
        "A contact",
        r#"
        id: id
        name: text = Zé
        email: email | null
        phone_number: text | null = +5511987654321
        identifier: text | null = user-77
        blocked: bool = false
        thumbnail: text = ""
        availability_status: text = offline
        additional_attributes: object
        custom_attributes: object = {"plan":"gold"}
        last_activity_at: int | null = 1772452800
        created_at: int = 1772452800
        contact_inboxes?: [ContactInbox]"#,
    ),
    (
        "Sender",
        "Who wrote or asked: a contact, a colleague or a bot",
        r#"
        id: id
        type?: 'contact' | 'user' | 'agent_bot'
        name?: text | null = Zé
        email?: text | null = ze@example.com
        phone_number?: text
        identifier?: text
        blocked?: bool = false
        thumbnail?: text = ""
        avatar_url?: text | null = ""
        available_name?: text = Ana
        availability_status?: text = offline
        additional_attributes?: object
        custom_attributes?: object
        last_activity_at?: int = 1772452800
        created_at?: int = 1772452800"#,
    ),
    (
        "ContactList",
        "A page of contacts",
        r#"
        meta: {count: int; current_page: text} = {"count":1,"current_page":"1"}
        payload: [Contact]"#,
    ),
    (
        "ContactMade",
        "A contact, with its address where an inbox was named",
        r#"
        payload: {contact: Contact; contact_inbox: ContactPlace | null}"#,
    ),
    (
        "Note",
        "A line about a contact",
        r#"
        id: id
        account_id: id
        contact_id: id
        user_id: id | null
        content: text = Prefers the telephone
        created_at: int = 1772452800"#,
    ),
    (
        "Attachment",
        "A file, or a place",
        r#"
        id: id
        message_id: id
        account_id: id
        file_type: 'image' | 'video' | 'audio' | 'file' | 'location'
        data_url: text = https://recado.example/files/1/2/signed/17/ab/photo.png -- good for some minutes
        extension?: text | null = png
        thumb_url?: text = ""
        file_size?: int | null = 20480
        width?: int | null = 800
        height?: int | null = 600
        meta?: object
        coordinates_lat?: float
        coordinates_long?: float
        fallback_title?: text | null = Loja"#,
    ),
    (
        "Message",
        "A message",
        r#"
        id: id
        account_id: id
        inbox_id: id
        conversation_id: id -- the conversation's number
        content: text = Good morning!
        processed_message_content: text = Good morning!
        message_type: int(0..3) = 1 -- 0 incoming, 1 outgoing, 2 activity, 3 the product's own words
        content_type: text = text
        content_attributes: object
        private: bool = false
        status: 'sent' | 'delivered' | 'read' | 'failed'
        created_at: int = 1772452800
        updated_at: int = 1772452800
        source_id?: text
        echo_id?: any = c-1
        sender_type?: 'contact' | 'agent' | 'agent_bot' = agent
        sender_id?: id
        sender?: Sender
        external_source_ids: object
        additional_attributes: object
        sentiment: object
        attachments?: [Attachment]
        conversation: {assignee_id: id | null; unread_count: int; last_activity_at: int; contact_inbox: {source_id: text}}"#,
    ),
    (
        "ConversationMeta",
        "Who takes part",
        r#"
        sender: Sender
        channel: text = Channel::Api
        assignee?: Agent
        team?: Team
        hmac_verified: bool = false"#,
    ),
    (
        "Conversation",
        "A conversation, with its last message",
        r#"
        id: id -- its number in the account
        account_id: id
        uuid: text = 0195b9b2-7a1c-7e7e-9f60-0d6f7c1d2e3f
        inbox_id: id
        status: 'open' | 'resolved' | 'pending' | 'snoozed'
        priority?: 'low' | 'medium' | 'high' | 'urgent'
        labels: [text] = ["vip"]
        muted: bool = false
        can_reply: bool -- whether the channel lets us write now
        unread_count: int = 0
        snoozed_until?: time
        created_at: int = 1772452800
        updated_at: float = 1772452800.5
        timestamp: text = 1772452800
        last_activity_at: int = 1772452800
        first_reply_created_at: int = 0 -- 0 where there is none
        waiting_since: int = 1772452800 -- 0 where nobody waits
        agent_last_seen_at: int = 0
        assignee_last_seen_at: int = 0
        contact_last_seen_at: int = 0
        additional_attributes: object
        custom_attributes: object = {"order":"77"}
        meta: ConversationMeta
        messages: [Message]
        last_non_activity_message?: Message"#,
    ),
    (
        "Counts",
        "How many conversations stand in which tab",
        r#"
        mine_count: int = 0
        assigned_count?: int = 0
        unassigned_count: int = 1
        all_count: int = 1"#,
    ),
    (
        "Thread",
        "A page of a conversation, oldest first",
        r#"
        meta: {labels: [text]; additional_attributes: object; contact: Sender; assignee?: Agent; agent_last_seen_at?: time; assignee_last_seen_at?: time}
        payload: [Message]"#,
    ),
    (
        "Toggled",
        "Where it stands now",
        r#"
        meta: object
        payload: {success: bool; conversation_id: id; current_status: text; snoozed_until: time | null} = {"success":true,"conversation_id":1,"current_status":"resolved","snoozed_until":null}"#,
    ),
    (
        "CannedResponse",
        "A canned response",
        r#"
        id: id
        account_id: id
        short_code: text = hello
        content: text = Hello! How can I help?"#,
    ),
    (
        "Label",
        "A label",
        r#"
        id: id
        title: text = vip
        description: text = Looks after itself
        color: text = #1f93ff
        show_on_sidebar: bool"#,
    ),
    (
        "MacroAction",
        "One step",
        r#"
        action_name: text = add_label
        action_params: [any] = ["vip"]"#,
    ),
    (
        "Macro",
        "A macro",
        r#"
        id: id
        account_id: id
        name: text = Close politely
        visibility: 'personal' | 'global'
        public: bool = false
        created_by: {id: id | null}
        updated_by: {id: id | null}
        actions: [MacroAction]"#,
    ),
    (
        "Attribute",
        "The definition of an attribute",
        r#"
        id: id
        attribute_display_name: text = Plan
        attribute_display_type: text = text
        attribute_description: text = What they pay for
        attribute_key: text = plan
        attribute_model: 'conversation_attribute' | 'contact_attribute'
        attribute_values?: [text] = ["gold"]"#,
    ),
    (
        "FilterRow",
        "One condition",
        r#"
        attribute_key: text = status
        filter_operator: text = equal_to
        values: [any] = ["open"]
        query_operator?: text = and"#,
    ),
    (
        "CustomFilter",
        "A saved filter",
        r#"
        id: id
        name: text = Open ones
        type: 'conversation' | 'contact'
        filter_type: 'conversation' | 'contact'
        query: {payload: [FilterRow]}"#,
    ),
    (
        "Webhook",
        "A webhook, with the secret that signs its deliveries",
        r#"
        id: id
        name: text | null = CRM
        url: text = https://example.com/hook
        account_id: id
        inbox_id: id | null = null
        webhook_type: 'account_type' | 'inbox_type'
        subscriptions: [text] = ["message_created"]
        secret: text = whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
        disabled: any = null -- why it is switched off
        failing_since: time | null = null"#,
    ),
    (
        "Delivery",
        "One event on its way to a webhook",
        r#"
        id: id
        event: text = message_created
        delivery: text = 0195b9b2-7a1c-7e7e-9f60-0d6f7c1d2e3f -- `webhook-id`, the same each time it is sent
        state: text = done
        attempts: int = 1
        status: int | null = 200
        answer: text | null = ok
        request: text | null = "{}"
        created_at: time
        done_at: time | null
        next_at: time | null = null"#,
    ),
    (
        "Notification",
        "Something the caller was told",
        r#"
        id: id
        account_id: id
        notification_type: text = conversation_assignment
        push_message_title: text = Good morning!
        primary_actor_type: 'Conversation'
        primary_actor_id: id
        primary_actor: Conversation
        read_at: int | null = null
        created_at: int = 1772452800
        last_activity_at: int = 1772452800
        snoozed_until: null"#,
    ),
    (
        "NotificationList",
        "A page of notifications",
        r#"
        data: {meta: {unread_count: int; count: int; current_page: int}; payload: [Notification]}"#,
    ),
    (
        "NotificationSettings",
        "What the caller wants to be told",
        r#"
        id: id
        user_id: id
        account_id: id
        all_email_flags: [text] = ["email_conversation_assignment"]
        all_push_flags: [text] = ["push_conversation_assignment"]
        selected_email_flags: [text] = []
        selected_push_flags: [text] = []"#,
    ),
    (
        "Found",
        "What was found, by kind",
        r#"
        payload: {conversations?: [Conversation]; contacts?: [Contact]; messages?: [Message]}"#,
    ),
    (
        "Figure",
        "A day's figure",
        r#"
        value: text = 12
        timestamp: int = 1772409600
        count: int = 12"#,
    ),
    (
        "Figures",
        "All figures of a time",
        r#"
        conversations_count: int = 12
        incoming_messages_count: int = 40
        outgoing_messages_count: int = 38
        resolutions_count: int = 9
        avg_first_response_time: text = 95
        avg_resolution_time: text = 7200
        previous?: object"#,
    ),
    (
        "BotMetrics",
        "What bots did; the rates are whole percent of the conversations",
        r#"
        conversation_count: int = 40
        message_count: int = 160
        resolution_rate: int = 55
        handoff_rate: int = 40"#,
    ),
    (
        "BotSummary",
        "How bots' conversations ended",
        r#"
        bot_resolutions_count: int = 22
        bot_handoffs_count: int = 16
        previous: {bot_resolutions_count: int; bot_handoffs_count: int}"#,
    ),
    (
        "OpenNow",
        "What is open",
        r#"
        open: int = 3
        unattended: int | null = 1
        unassigned: int = 1"#,
    ),
    (
        "AgentLoad",
        "What is open with somebody",
        r#"
        id: id
        name: text = Ana
        email: text = ana@example.com
        thumbnail: text = ""
        availability: text = online
        metric: {open: int | null; unattended: int | null}"#,
    ),
    (
        "DayTold",
        "When people of an inbox are there on one day",
        r#"
        day_of_week: int(0..6) = 1 -- Sunday is 0
        closed_all_day: bool = false
        open_all_day: bool = false
        open_hour: int(0..23) = 9
        open_minutes: int(0..59) = 0
        close_hour: int(0..23) = 17
        close_minutes: int(0..59) = 0"#,
    ),
    (
        "ClientInbox",
        "What an app may know of an API inbox",
        r#"
        identifier: text = ap1…
        name: text = App
        timezone: text = UTC
        working_hours: [DayTold]
        working_hours_enabled: bool = false
        csat_survey_enabled: bool = false
        greeting_enabled: bool = false
        identity_validation_enabled: bool = false"#,
    ),
    (
        "ClientContact",
        "An app's user",
        r#"
        id: id
        source_id: text = 5d7f8c52-0c3f-4d55-8f0c-1df3a3c2a0b7 -- proves them: keep it like a password
        pubsub_token: text = p5b…
        name: text = Zé
        email?: text = ze.app@example.com
        phone_number?: text = +5511987654321"#,
    ),
    (
        "ClientMessage",
        "A public message",
        r#"
        id: id
        content: text = Where is my order?
        message_type: int(0..3) = 0
        content_type: text = text
        content_attributes: object
        created_at: int = 1772452800
        conversation_id: id
        echo_id?: any = c-2
        attachments?: [Attachment]
        sender?: Sender"#,
    ),
    (
        "ClientConversation",
        "A conversation of an app's user",
        r#"
        id: id
        uuid: text = 0195b9b2-7a1c-7e7e-9f60-0d6f7c1d2e3f
        inbox_id: text = 1
        status: 'open' | 'resolved' | 'pending' | 'snoozed'
        contact_last_seen_at: int = 0
        agent_last_seen_at: int = 0
        custom_attributes: object
        messages: [ClientMessage]
        contact: {id: id; name: text} = {"id":1,"name":"Zé"}"#,
    ),
    (
        "PlatformAccount",
        "An account an app made",
        r#"
        id: id
        name: text = Acme
        locale: text = en
        status: 'active'"#,
    ),
    (
        "AccountUser",
        "Somebody's place in an account",
        r#"
        account_id: id
        user_id: id
        role: text = agent"#,
    ),
    (
        "MessageEvent",
        "`message_created`, `message_updated`",
        r#"
        event: 'message_created' | 'message_updated'
        id: id
        content: text = Good morning!
        content_type: text = text
        content_attributes: object
        additional_attributes: object
        message_type: 'incoming' | 'outgoing' | 'activity' | 'template'
        private: bool = false
        source_id: text | null = null
        created_at: time
        status: 'sent' | 'delivered' | 'read' | 'failed'
        account: {id: id; name: text}
        inbox: {id: id; name: text | null}
        sender: any = {"id":1,"name":"Ana","email":"ana@example.com","type":"user"}
        conversation: ConversationState
        attachments?: [Attachment]"#,
    ),
    (
        "ConversationState",
        "A conversation as events tell it",
        r#"
        id: id
        account_id: id
        uuid: text = 0195b9b2-7a1c-7e7e-9f60-0d6f7c1d2e3f
        inbox_id: id
        channel: text = Channel::Api
        contact_inbox: {id: id; contact_id: id; inbox_id: id; source_id: text; hmac_verified: bool}
        status: 'open' | 'resolved' | 'pending' | 'snoozed'
        priority: 'low' | 'medium' | 'high' | 'urgent' | null
        labels: [text] = ["vip"]
        muted: bool = false
        can_reply: bool
        unread_count: int = 0
        snoozed_until: time | null
        created_at: int = 1772452800
        updated_at: float = 1772452800.5
        timestamp: int = 1772452800
        last_activity_at: int = 1772452800
        first_reply_created_at: int | null = null
        waiting_since: int = 1772452800
        agent_last_seen_at: int = 0
        assignee_last_seen_at: int = 0
        contact_last_seen_at: int = 0
        additional_attributes: object
        custom_attributes: object
        meta: {sender: any; assignee: any; team: any; hmac_verified: bool}
        messages: [Message]"#,
    ),
    (
        "ConversationEvent",
        "`conversation_created`, `conversation_updated`, `conversation_status_changed`, `conversation_opened`, `conversation_resolved`",
        r#"
        event: 'conversation_created' | 'conversation_updated' | 'conversation_status_changed' | 'conversation_opened' | 'conversation_resolved'
        id: id
        account_id: id
        inbox_id: id
        status: 'open' | 'resolved' | 'pending' | 'snoozed'
        meta: any
        changed_attributes?: any = [{"status":{"previous_value":"pending","current_value":"open"}}]"#,
    ),
    (
        "TypingEvent",
        "`conversation_typing_on`, `conversation_typing_off`",
        r#"
        event: 'conversation_typing_on' | 'conversation_typing_off'
        user: any = {"id":1,"name":"Ana","email":"ana@example.com","type":"user"}
        conversation: ConversationState
        is_private: bool = false"#,
    ),
    (
        "OpenedEvent",
        "`webwidget_triggered`",
        r#"
        event: 'webwidget_triggered'
        id: id | null
        source_id: text | null
        contact: any = {"id":9,"name":"Zé","email":null}
        account: {id: id; name: text}
        inbox: {id: id; name: text | null}
        current_conversation: any = null
        event_info: any = {"initiated_at":{"timestamp":"2026-03-02T12:00:00.000Z"},"referer":"https://example.com/","widget_language":"en","browser_language":"en-US","browser":{"browser_name":"Firefox","browser_version":"140","device_name":null,"platform_name":"Linux","platform_version":null}}"#,
    ),
    (
        "ContactEvent",
        "`contact_created`, `contact_updated`",
        r#"
        event: 'contact_created' | 'contact_updated'
        id: id
        name: text = Zé
        email: email | null
        account: {id: id; name: text}"#,
    ),
    (
        "InboxEvent",
        "`inbox_created`, `inbox_updated`",
        r#"
        event: 'inbox_created' | 'inbox_updated'
        id: id
        name: text = App
        channel_type: text = Channel::Api"#,
    ),
];
