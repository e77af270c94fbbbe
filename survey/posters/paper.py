"""The form on paper, for who has no telephone that scans; typed in by staff afterwards."""

import typst

from forms.questionnaire import Questionnaire
from survey.i18n import translate as _
from survey.posters.poster import PosterError
from survey.posters.press import compiled


def paper_form(unit: str, point: str, questionnaire: Questionnaire) -> bytes:
    """Return a counter's form in Vietnamese as an A4 PDF, to be copied; no sheet has a number."""
    wording = questionnaire.wordings["vi"]
    questions = [
        {
            "words": wording.items[item.code],
            "others": [wording.not_applicable[value] for value in item.not_applicable],
        }
        for item in questionnaire.asked
    ]
    visits = [wording.visits[value] for value in questionnaire.visits]
    data = {
        "unit": unit,
        "point": point,
        "scale": wording.scale,
        "questions": questions,
        "visit": {"words": wording.visit_question, "choices": visits},
    }
    try:
        return compiled("paper", data)
    except typst.TypstError as error:
        raise PosterError(
            _(
                "Không in được phiếu giấy: tên quầy hoặc đơn vị có ký tự mà phông chữ không có. "
                "Bước tiếp theo: đổi tên đó rồi tải lại."
            )
        ) from error
