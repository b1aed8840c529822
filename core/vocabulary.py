"""The closed word lists of the domain. Their Chinese stands in `core.labels`."""

from __future__ import annotations

from enum import StrEnum

from core.clock_words import ClockStart as ClockStart
from core.clock_words import ClockStop as ClockStop
from core.gathering_words import Route as Route
from core.gathering_words import SourceTrouble as SourceTrouble
from core.gathering_words import Verdict as Verdict
from core.joint_words import CommentKind as CommentKind
from core.joint_words import DraftKind as DraftKind
from core.joint_words import DraftState as DraftState
from core.joint_words import ExtensionState as ExtensionState
from core.joint_words import LinkKind as LinkKind
from core.joint_words import OpinionVerdict as OpinionVerdict
from core.joint_words import ReviewVerdict as ReviewVerdict
from core.mute_words import MuteKind as MuteKind
from core.mute_words import MuteReason as MuteReason


class Channel(StrEnum):
    """Where a message came in: the channels the policy documents name."""

    LEADER_MAILBOX = "leader_mailbox"
    MESSAGE_BOARD = "message_board"
    PEOPLES_ADVICE = "peoples_advice"
    HOTLINE_12345 = "hotline_12345"
    HOTLINE_12315 = "hotline_12315"
    PETITION = "petition"
    FOI = "foi"
    RATING = "rating"
    WEIBO = "weibo"
    WECHAT = "wechat"
    MEDIA = "media"
    MANUAL = "manual"


class ImportKind(StrEnum):
    """The forms of file that `huiying import --as` reads."""

    MAILBOX = "mailbox"
    MESSAGE_BOARD = "message_board"
    PEOPLES_ADVICE = "peoples_advice"
    HOTLINE_12345 = "hotline_12345"
    HOTLINE_12315 = "hotline_12315"
    PETITION = "petition"
    FOI = "foi"
    RATINGS = "ratings"
    WEIBO_EXPORT = "weibo_export"
    MEDIA = "media"


class MessageKind(StrEnum):
    """What a citizen wants with a message."""

    ENQUIRY = "enquiry"
    REQUEST = "request"
    COMPLAINT = "complaint"
    TIP_OFF = "tip_off"
    SUGGESTION = "suggestion"
    THANKS = "thanks"
    OTHER = "other"


class Polarity(StrEnum):
    """How a text sounds, once a model was fitted to the office's own labels or a person said so."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNSURE = "unsure"


class RiskLevel(StrEnum):
    """How urgently a person should look at a message."""

    LOW = "low"
    RAISED = "raised"
    HIGH = "high"


class Precision(StrEnum):
    """How exactly an instant is known."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


class ReplyKind(StrEnum):
    """Whether a reply answers, or only says that it will.

    Source: specs of the import contract; a holding reply never stops a clock.
    """

    SUBSTANTIVE = "substantive"
    HOLDING = "holding"


class CaseKind(StrEnum):
    """What carries deadlines."""

    INCIDENT = "incident"
    MESSAGE = "message"
    REQUEST = "request"
    TASK = "task"


class CaseState(StrEnum):
    """The life of a case; the table of moves stands in `alerts.workflow`."""

    NEW = "new"
    ASSIGNED = "assigned"
    ACKNOWLEDGED = "acknowledged"
    REPLIED = "replied"
    RESPONDED = "responded"
    COMPLETED = "completed"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    MERGED = "merged"
    REFERRED = "referred"
    SENT_BACK = "sent_back"
    REOPENED = "reopened"


class DeadlineState(StrEnum):
    """The life of one clock. Overdue is a fact about a running clock, not a state."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


class DeadlineStatus(StrEnum):
    """What a report or a page says of one clock at one instant."""

    ON_TIME = "on_time"
    LATE = "late"
    OVERDUE = "overdue"
    OPEN = "open"
    TIME_UNKNOWN = "time_unknown"
    CANCELLED = "cancelled"


class LimitUnit(StrEnum):
    """The unit a limit is counted in."""

    HOUR = "hour"
    CALENDAR_DAY = "calendar_day"
    WORKING_DAY = "working_day"


class DayKind(StrEnum):
    """What one day is in the explanation of a deadline."""

    DAY_ZERO = "day_zero"
    WORKING_DAY = "working_day"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP_WORKING_DAY = "make_up_working_day"
    CALENDAR_DAY = "calendar_day"
    PAUSED = "paused"


class Trust(StrEnum):
    """How well the wording of a clause is established."""

    SEED = "seed"
    LAW = "law"
    PRESS = "press"
    LOCAL = "local"
    GOOD = "good"
    OFFICE = "office"


class Level(StrEnum):
    """The grade of an incident."""

    I = "I"  # noqa: E741 - the numeral is the official name
    II = "II"
    III = "III"
    IV = "IV"


class Role(StrEnum):
    """What a person does in the office."""

    PRESS = "press"
    DUTY = "duty"
    HANDLER = "handler"
    MANAGER = "manager"
    ADMIN = "admin"


class Scope(StrEnum):
    """What a machine client may do."""

    READ = "read"
    INTAKE = "intake"
    RESPOND = "respond"
    ADMIN = "admin"


class ActionKind(StrEnum):
    """What a step of a ladder does."""

    WARN = "warn"
    DUE = "due"
    ESCALATE = "escalate"
    REMIND = "remind"


class ActionState(StrEnum):
    """The life of one planned action; it leaves `planned` once."""

    PLANNED = "planned"
    FIRED = "fired"
    SKIPPED = "skipped"
    SUPERSEDED = "superseded"
    QUARANTINED = "quarantined"


class Audience(StrEnum):
    """Who a step of a ladder tells."""

    DUTY = "duty"
    SECTION = "section"
    SECTION_HEAD = "section_head"
    MANAGER = "manager"
    PRESS = "press"
    ADMIN = "admin"


class ChannelKind(StrEnum):
    """How a notice reaches a person."""

    CONSOLE = "console"
    SMTP = "smtp"
    WEBHOOK = "webhook"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    SMS = "sms"


class OutboxState(StrEnum):
    """The life of one notice on one channel."""

    PENDING = "pending"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DeliveryOutcome(StrEnum):
    """How one attempt to deliver ended."""

    ACCEPTED = "accepted"
    THROTTLED = "throttled"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    AMBIGUOUS = "ambiguous"


class ResponseKind(StrEnum):
    """What was said, to a citizen or to the public."""

    SUBSTANTIVE = "substantive"
    HOLDING = "holding"
    STATEMENT = "statement"
    PRESS_CONFERENCE = "press_conference"
    REBUTTAL = "rebuttal"
    STEP = "step"


class Confirmation(StrEnum):
    """Where a response stands that was recorded after a clock ran out and claims to be from before."""

    AWAITED = "awaited"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class Command(StrEnum):
    """What a person can do to a case; who may, and when, stands in `alerts.workflow`."""

    OPEN = "open"
    ASSIGN = "assign"
    ACKNOWLEDGE = "acknowledge"
    HOLDING_REPLY = "holding_reply"
    REPLY = "reply"
    PUBLISH = "publish"
    HOLD_PRESS_CONFERENCE = "hold_press_conference"
    CONFIRM = "confirm"
    REFUSE = "refuse"
    GRADE = "grade"
    ADD_MESSAGES = "add_messages"
    REMOVE_MESSAGES = "remove_messages"
    SET_SIMPLE = "set_simple"
    SEND_BACK = "send_back"
    REFER = "refer"
    DISMISS = "dismiss"
    CLOSE = "close"
    REOPEN = "reopen"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    MERGE = "merge"
    SPLIT = "split"
    COMMENT = "comment"
    INSTRUCT = "instruct"
    MARK_READ = "mark_read"
    ADD_SECTION = "add_section"
    SUPERVISE = "supervise"
    ANSWER_ORDER = "answer_order"
    DRAFT = "draft"
    REVIEW = "review"
    UPDATE = "update"
    REBUT = "rebut"
    TAKE_STEP = "take_step"
    ADD_OPINION = "add_opinion"
    JUDGE_OPINION = "judge_opinion"
    LINK_DOCUMENT = "link_document"


class AlertKind(StrEnum):
    """What an alert points at."""

    INCIDENT_CANDIDATE = "incident_candidate"
    INCIDENT_GROWING = "incident_growing"
    MESSAGE_RISK = "message_risk"
    LOW_RATING = "low_rating"
    WATCH_HIT = "watch_hit"


class AlertState(StrEnum):
    """The life of an alert."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    DISMISSED = "dismissed"


class PaperKind(StrEnum):
    """The papers that the office prints and signs."""

    DAILY_BRIEFING = "daily_briefing"
    WEEKLY_BRIEFING = "weekly_briefing"
    FLASH_REPORT = "flash_report"
    SPECIAL_REPORT = "special_report"
    MESSAGE_REVIEW = "message_review"
    ASSIGNMENT_ORDER = "assignment_order"
    SUPERVISION_PAPER = "supervision_paper"
    RESPONSE_TIMES = "response_times"


class PaperState(StrEnum):
    """The life of a paper."""

    DRAFT = "draft"
    SIGNED = "signed"
    WITHDRAWN = "withdrawn"


class Tag(StrEnum):
    """What an event says happened: `subject:past participle`."""

    CASE_REGISTERED = "case:registered"
    CASE_REPLIED = "case:replied"
    CASE_HOLDING_REPLIED = "case:holding_replied"
    CASE_WITHDRAWN = "case:withdrawn"
    CASE_ASSIGNED = "case:assigned"
    CASE_ACKNOWLEDGED = "case:acknowledged"
    CASE_SIMPLE_SET = "case:simple_set"
    CASE_SENT_BACK = "case:sent_back"
    CASE_REFERRED = "case:referred"
    CASE_DISMISSED = "case:dismissed"
    CASE_CLOSED = "case:closed"
    CASE_REOPENED = "case:reopened"
    CASE_PAUSED = "case:paused"
    CASE_RESUMED = "case:resumed"
    CASE_MERGED = "case:merged"
    CASE_ABSORBED = "case:absorbed"
    INCIDENT_SPLIT = "incident:split"
    CASE_COMMENTED = "case:commented"
    CASE_INSTRUCTED = "case:instructed"
    CASE_COMMENTS_READ = "case:comments_read"
    CASE_SECTION_ADDED = "case:section_added"
    CASE_SUPERVISED = "case:supervised"
    SUPERVISION_ANSWERED = "supervision:answered"
    DRAFT_WRITTEN = "draft:written"
    DRAFT_REVIEWED = "draft:reviewed"
    DRAFT_SENT_BACK = "draft:sent_back"
    UPDATE_PUBLISHED = "update:published"
    REBUTTAL_PUBLISHED = "rebuttal:published"
    STEP_TAKEN = "step:taken"
    TASK_OPENED = "task:opened"
    OPINION_ADDED = "opinion:added"
    OPINION_JUDGED = "opinion:judged"
    ALERT_MUTED = "alert:muted"
    MUTE_LIFTED = "mute:lifted"
    DOCUMENT_ENTERED = "document:entered"
    DOCUMENT_LINKED = "document:linked"
    EXTENSION_ASKED = "extension:asked"
    EXTENSION_GRANTED = "extension:granted"
    EXTENSION_REFUSED = "extension:refused"
    STATEMENT_PUBLISHED = "statement:published"
    PRESS_CONFERENCE_HELD = "press_conference:held"
    RESPONSE_CLAIMED = "response:claimed"
    RESPONSE_CONFIRMED = "response:confirmed"
    RESPONSE_REFUSED = "response:refused"
    INCIDENT_OPENED = "incident:opened"
    INCIDENT_GRADED = "incident:graded"
    INCIDENT_REGRADED = "incident:regraded"
    INCIDENT_MESSAGES_ADDED = "incident:messages_added"
    INCIDENT_MESSAGES_REMOVED = "incident:messages_removed"
    ALERT_RAISED = "alert:raised"
    ALERT_ACKNOWLEDGED = "alert:acknowledged"
    ALERT_DISMISSED = "alert:dismissed"
    WATCH_SET = "watch:set"
    WATCH_SWITCHED = "watch:switched"
    MESSAGE_REVISED = "message:revised"
    MESSAGE_CORRECTED = "message:corrected"
    DEADLINE_STARTED = "deadline:started"
    DEADLINE_SUPERSEDED = "deadline:superseded"
    DEADLINE_RECALCULATED = "deadline:recalculated"
    DEADLINE_BREACH_WITHDRAWN = "deadline:breach_withdrawn"
    DEADLINE_WARNED = "deadline:warned"
    DEADLINE_BREACHED = "deadline:breached"
    DEADLINE_ESCALATED = "deadline:escalated"
    DEADLINE_REMINDED = "deadline:reminded"
    ACTION_SKIPPED = "action:skipped"
    ACTION_QUARANTINED = "action:quarantined"
    NOTICE_REDIRECTED = "notice:redirected"
    NOTICE_CANCELLED = "notice:cancelled"
    NOTICE_FAILED = "notice:failed"
    REPLY_WITHDRAWN = "reply:withdrawn"
    SOURCE_APPROVED = "source:approved"
    SOURCE_SWITCHED = "source:switched"
    CREDENTIAL_SET = "source:credential_set"
    IMPORT_FINISHED = "import:finished"
    IMPORT_UNDONE = "import:undone"
    QUARANTINE_OPENED = "quarantine:opened"
    ROSTER_CHANGED = "roster:changed"
    ROLL_CALLED = "roster:roll_called"
    DUTY_HANDED_OVER = "duty:handed_over"
    DUTY_TAKEN_OVER = "duty:taken_over"
    PERSON_ADDED = "person:added"
    PERSON_CHANGED = "person:changed"
    PERSON_ADDRESS_SET = "person:address_set"
    PERSON_DISABLED = "person:disabled"
    PASSWORD_CHANGED = "person:password_changed"  # noqa: S105 - the name of an event
    PASSWORD_RESET = "person:password_reset"  # noqa: S105 - the name of an event
    SECTION_ADDED = "section:added"
    SECTION_RENAMED = "section:renamed"
    CHANNEL_ADDED = "channel:added"
    CHANNEL_CHANGED = "channel:changed"
    CHANNEL_TESTED = "channel:tested"
    CHANNEL_SWITCHED = "channel:switched"
    ENGINE_HALTED = "engine:halted"
    ENGINE_RESUMED = "engine:resumed"
    BACKUP_RESTORED = "backup:restored"
    OFFICE_PURGED = "office:purged"
    SENDER_ADDED = "sender:added"
    SENDER_DISABLED = "sender:disabled"
    TOKEN_CREATED = "token:created"  # noqa: S105 - the name of an event
    PERIOD_CLOSED = "period:closed"
    PERIOD_RESTATED = "period:restated"
    PAPER_DRAFTED = "paper:drafted"
    PAPER_EDITED = "paper:edited"
    PAPER_SIGNED = "paper:signed"
    PAPER_WITHDRAWN = "paper:withdrawn"
    PAPER_SENT = "paper:sent"
    SCHEDULE_SET = "schedule:set"
