"""Questions wait for their person's answer."""

from datetime import datetime, timedelta

from daywork.core.ids import Actor
from daywork.core.sync_question import Answer, QuestionKind, SyncQuestion, possible_loss_id
from daywork.store.database import Database
from support.crew import COMPANY, found_crew


async def test_a_question_is_asked_once_and_open_until_answered(
    database: Database, now: datetime
) -> None:
    crew = await found_crew(database, now)
    ana, ben = crew.phones["Ana"].person_id, crew.phones["Ben"].person_id
    actor = Actor("lostlost00")
    question = SyncQuestion(
        id=possible_loss_id(ana, actor),
        person_id=ana,
        kind=QuestionKind.POSSIBLE_LOSS,
        actor=actor,
        asked_at=now,
        pending_count=3,
        oldest_pending_at=now - timedelta(days=1),
    )

    for _ in range(2):
        await database.write(lambda unit: unit.sync_questions.ask(COMPANY, question))

    assert await database.read(lambda u: u.sync_questions.open_for(COMPANY, ana)) == [question]
    assert await database.read(lambda u: u.sync_questions.open_for(COMPANY, ben)) == []
    await database.write(
        lambda unit: unit.sync_questions.answer(COMPANY, question.id, Answer.ENTERED_AGAIN, now)
    )
    assert await database.read(lambda u: u.sync_questions.open_for(COMPANY, ana)) == []
    assert await database.read(lambda u: u.sync_questions.get(COMPANY, question.id)) is None
