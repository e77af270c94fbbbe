"""The audit log: who did what, narrowed by day, person and act, and whether it is whole."""

from datetime import date, datetime, time, timedelta

from flask import Blueprint, render_template, request

from survey import access, period
from survey.access import roles
from survey.db import session
from survey.storage import audit_entries
from survey.storage.users import AUDITOR

# What the log says, in the words of the page; an act without words is shown as it is.
ACT_NAMES = {
    "acknowledge alert": "đã xem cảnh báo",
    "change threshold": "đổi ngưỡng công bố",
    "choose roll-up": "chọn cách cộng lên đơn vị",
    "close now": "chốt ngay (bản dùng thử)",
    "close point": "đóng quầy",
    "correct mask": "sửa bản che của góp ý",
    "create point": "tạo quầy",
    "disable account": "khóa tài khoản",
    "disable second factor": "tắt bước xác nhận thứ hai",
    "discard import": "bỏ lần nhập dở",
    "discard invitations": "hủy đợt phiếu mời",
    "enable account": "mở lại tài khoản",
    "end sign-ins": "đăng xuất tài khoản",
    "export index": "xuất tệp chỉ số",
    "follow up comment": "cập nhật xử lý góp ý",
    "forget second factor": "gỡ bước xác nhận thứ hai",
    "grant role": "giao vai trò",
    "hear alert": "thôi ẩn cảnh báo",
    "hold comment": "giữ lại góp ý",
    "import answers": "nhập phiếu từ tệp",
    "import dossiers": "nhập số hồ sơ đã trả",
    "import recordings": "nhập bản ghi âm",
    "import successions": "nhập đơn vị cũ",
    "import units": "nhập danh mục đơn vị",
    "invite person": "mời người dùng",
    "issue invitations": "cấp phiếu mời",
    "let comment go": "thôi giữ góp ý",
    "mark languages": "đánh dấu ngôn ngữ của đơn vị",
    "move point": "chuyển quầy",
    "mute alert": "tạm ẩn cảnh báo",
    "print poster": "in biển mã của quầy",
    "print posters": "in bộ mã của đơn vị",
    "refer comment": "chuyển góp ý cho cơ quan có thẩm quyền",
    "rename point": "đổi tên quầy",
    "renew link": "cấp liên kết mới",
    "reopen point": "mở lại quầy",
    "replace code": "cấp mã mới, bỏ mã cũ",
    "replace-later code": "cấp mã mới, mã cũ còn hạn",
    "revoke code": "thu hồi mã",
    "revoke role": "thu hồi vai trò",
    "rotate contact keys": "đổi khóa mã hóa số điện thoại",
    "set scale order": "đổi thứ tự thang điểm",
    "set targets": "đặt chỉ tiêu",
    "set up second factor": "thiết lập bước xác nhận thứ hai",
    "settle call-back": "ghi xong việc gọi lại",
    "settle referral": "ghi cơ quan đã giải quyết xong góp ý",
    "view raw comment": "đọc góp ý gốc",
    "view telephone number": "xem số điện thoại",
    "write exclusion rule": "đặt quy tắc loại phiếu có dấu hiệu",
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
