"""What people of the demonstration wrote.

The names and numbers are nobody's; they and the hints at money show what becomes of such words.
"""

CONTENT = (
    "Cán bộ hướng dẫn tận tình, dễ hiểu.",
    "Làm nhanh, đúng hẹn. Cảm ơn.",
    "Chỗ ngồi chờ sạch sẽ, có nước uống.",
    "Tôi chỉ phải đi một lần là xong.",
    "Người già được giúp điền tờ khai, rất chu đáo.",
    "Bảng hướng dẫn rõ ràng, dễ tìm quầy.",
    "Thái độ vui vẻ, giải thích đầy đủ.",
    "Mong giữ được như thế này.",
    "Cảm ơn chị Lan ở quầy tiếp nhận đã chỉ dẫn từng bước.",
    "Nộp trực tuyến ở nhà, lên chỉ lấy kết quả. Rất tiện.",
)
DISCONTENT = (
    "Chờ hơi lâu, buổi sáng đông nên mở thêm quầy.",
    "Tờ khai khó hiểu, cần có mẫu điền sẵn để xem.",
    "Tôi phải đi lại hai lần vì thiếu một giấy tờ không được báo trước.",
    "Ghế ngồi chờ ít, người lớn tuổi phải đứng.",
    "Kết quả trả trễ một ngày, nên nhắn tin báo trước.",
    "Máy lấy số hay bị kẹt giấy.",
    "Nên làm việc thêm sáng thứ Bảy cho người đi làm.",
    "Không biết góp ý ở đâu, bảng chỉ dẫn nhỏ quá.",
    "Hồ sơ trễ hẹn mà không ai báo, xin gọi lại cho tôi số 0900 000 000.",
    "Trang dịch vụ công báo lỗi, phải nộp lại hai lần.",
    "Có người đứng ngoài cổng nói đưa tiền thì làm nhanh.",
)
