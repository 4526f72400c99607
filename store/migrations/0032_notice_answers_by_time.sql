-- Whether mail goes out now is what the newest answer of the mail server says (docs/notices.md#readiness).
CREATE INDEX notice_answer_by_time ON planswitch.notice_answer (answered_at);
CREATE INDEX notice_end_by_time ON planswitch.notice_end (ended_at);
