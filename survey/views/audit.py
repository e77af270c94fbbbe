"""The audit log: who did what, narrowed by day, person and act, and whether it is whole."""

from datetime import date, datetime, time, timedelta

from flask import Blueprint, render_template, request

from survey import access, period
from survey.access import roles
from survey.db import session
from survey.i18n import lazily as _l
from survey.storage import audit_entries
from survey.storage.users import AUDITOR

# What the log says, in the words of the page; an act without words is shown as it is.
ACT_NAMES = {
    "acknowledge alert": _l("đã xem cảnh báo"),
    "change threshold": _l("đổi ngưỡng công bố"),
    "choose roll-up": _l("chọn cách cộng lên đơn vị"),
    "close now": _l("chốt ngay (bản dùng thử)"),
    "close point": _l("đóng quầy"),
    "correct mask": _l("sửa bản che của góp ý"),
    "create point": _l("tạo quầy"),
    "disable account": _l("khóa tài khoản"),
    "disable second factor": _l("tắt bước xác nhận thứ hai"),
    "discard import": _l("bỏ lần nhập dở"),
    "discard invitations": _l("hủy đợt phiếu mời"),
    "enable account": _l("mở lại tài khoản"),
    "end sign-ins": _l("đăng xuất tài khoản"),
    "export index": _l("xuất tệp chỉ số"),
    "follow up comment": _l("cập nhật xử lý góp ý"),
    "forget second factor": _l("gỡ bước xác nhận thứ hai"),
    "grant role": _l("giao vai trò"),
    "hear alert": _l("thôi ẩn cảnh báo"),
    "hold comment": _l("giữ lại góp ý"),
    "import answers": _l("nhập phiếu từ tệp"),
    "import dossiers": _l("nhập số hồ sơ đã trả"),
    "import recordings": _l("nhập bản ghi âm"),
    "import successions": _l("nhập đơn vị cũ"),
    "import units": _l("nhập danh mục đơn vị"),
    "invite person": _l("mời người dùng"),
    "issue invitations": _l("cấp phiếu mời"),
    "let comment go": _l("thôi giữ góp ý"),
    "mark languages": _l("đánh dấu ngôn ngữ của đơn vị"),
    "move point": _l("chuyển quầy"),
    "mute alert": _l("tạm ẩn cảnh báo"),
    "print poster": _l("in biển mã của quầy"),
    "print posters": _l("in bộ mã của đơn vị"),
    "refer comment": _l("chuyển góp ý cho cơ quan có thẩm quyền"),
    "rename point": _l("đổi tên quầy"),
    "renew link": _l("cấp liên kết mới"),
    "reopen point": _l("mở lại quầy"),
    "replace code": _l("cấp mã mới, bỏ mã cũ"),
    "replace-later code": _l("cấp mã mới, mã cũ còn hạn"),
    "revoke code": _l("thu hồi mã"),
    "revoke role": _l("thu hồi vai trò"),
    "rotate contact keys": _l("đổi khóa mã hóa số điện thoại"),
    "set scale order": _l("đổi thứ tự thang điểm"),
    "set targets": _l("đặt chỉ tiêu"),
    "set up second factor": _l("thiết lập bước xác nhận thứ hai"),
    "settle call-back": _l("ghi xong việc gọi lại"),
    "settle referral": _l("ghi cơ quan đã giải quyết xong góp ý"),
    "type in answer": _l("nhập phiếu giấy, phiếu điện thoại"),
    "view raw comment": _l("đọc góp ý gốc"),
    "view telephone number": _l("xem số điện thoại"),
    "write exclusion rule": _l("đặt quy tắc loại phiếu có dấu hiệu"),
}
ONE_DAY = timedelta(days=1)

blueprint = Blueprint("audit", __name__, url_prefix="/audit")


@blueprint.get("")
@roles(AUDITOR)
def listing() -> str:
    """Show the entries, the newest first; verify the chain when asked to."""
    access.require_everything()
    day, actor, act = _day(), request.args.get("actor"), request.args.get("act")
    number = request.args.get("page", 1, type=int)
    asked = "check" in request.args
    return render_template(
        "audit/list.html",
        found=audit_entries.page(
            session(), span=_span(day) if day else None, actor=actor, act=act, number=number
        ),
        filters={"day": day and day.isoformat(), "actor": actor or None, "act": act or None},
        actors=audit_entries.actors(session()),
        acts=audit_entries.acts(session()),
        act_names=ACT_NAMES,
        is_checked=asked,
        broken=audit_entries.verify(session()) if asked else None,
    )


def _day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def _span(day: date) -> tuple[datetime, datetime]:
    """Return the moments between which a day lasts in Vietnam."""
    start = datetime.combine(day, time(), period.VIETNAM)
    return start, start + ONE_DAY
