//! The word lists behind [`super::terms`]: our own lists of everyday Chinese, none of them about one matter or one place.
use std::collections::HashSet;
use std::sync::LazyLock;

/// Words that tell nothing of the matter: grammar, polite phrases and what every complaint says.
pub static STOP: LazyLock<HashSet<&'static str>> = LazyLock::new(|| STOP_LIST.split_whitespace().collect());

const STOP_LIST: &str = "\
    我们 你们 他们 她们 它们 咱们 自己 本人 大家 各位 人家 别人 有人 其他 其它 其中 另外 此外 这个 那个 这些 那些 这种 那种 \
    这样 那样 这么 那么 这里 那里 这是 那是 这次 此次 此事 什么 怎么 怎样 怎么办 如何 为何 为什么 何时 多少 几个 哪里 哪些 \
    是否 能否 可否 是不是 有没有 难道 究竟 到底 一个 一些 一下 一直 一样 一定 一次 一种 一点 一名 一条 一家 一起 一旦 一切 \
    一般 两个 三个 几年 每个 每次 各种 各个 所有 全部 任何 许多 很多 很大 大量 大部分 部分 多次 多年 再次 第一 第二 之一 \
    以上 以下 左右 等等 等 没有 可以 可能 不能 不会 不是 不要 不到 不了 不得 不管 不仅 不知 不断 并未 并且 并不 无法 应该 \
    应当 必须 只能 只有 只是 只要 才能 能够 需要 还要 就要 想要 已经 曾经 正在 现在 目前 至今 如今 当时 之前 之后 以前 以后 \
    后来 最后 最近 近期 今天 昨天 今年 去年 明年 时候 期间 同时 及时 尽快 立即 马上 经常 常常 每天 仍然 依然 还是 还有 还没 \
    就是 都是 也是 但是 可是 然而 不过 因为 由于 所以 因此 如果 要是 虽然 尽管 而且 并 以及 或者 或是 甚至 尤其 特别 非常 \
    十分 真的 真正 实在 完全 根本 至少 越来越 更加 更是 比较 如此 如下 然后 于是 为了 对于 关于 针对 根据 按照 依据 通过 \
    经过 对此 来说 而言 之间 方面 以来 既然 否则 竟然 居然 反而 毕竟 似乎 好像 另 即 若 则 乃 问题 情况 事情 事件 现象 原因 \
    结果 时间 地方 办法 方式 内容 意见 建议 投诉 举报 反映 反应 反馈 咨询 请问 试问 询问 请求 恳请 恳求 要求 希望 盼望 期待 \
    呼吁 强烈 求助 帮助 帮忙 解决 解决问题 处理 答复 回复 解释 说明 告知 表示 认为 知道 了解 看到 听到 发现 发生 出现 存在 \
    造成 导致 引起 带来 受到 得到 进行 开始 继续 成为 属于 作为 使用 有关 相关 具体 实际 基本 主要 严重 极大 巨大 明显 影响 \
    关注 重视 考虑 相信 觉得 感觉 感谢 谢谢 您好 你好 尊敬 敬请 此致 敬礼 领导 书记 市长 县长 区长 局长 政府 市政府 县政府 \
    区政府 部门 政府部门 相关部门 有关部门 主管部门 职能部门 上级 各级 人员 工作人员 市民 居民 群众 老百姓 百姓 人民 广大 \
    普通 工作 生活 国家 社会 望 盼 事 称 说 做 让 使 令 请 被 把 将 向 给 跟 和 与 及 同 或 而 但 且 又 也 都 就 才 只 还 很 \
    太 最 更 不 没 未 无 非 是 有 在 于 从 到 去 来 由 以 为 对 比 按 经 因 据 凭 当 自 至 往 朝 沿 离 距 这 那 此 该 本 其 \
    某 各 每 全 我 你 您 他 她 它 谁 哪 几 多 少 个 条 件 次 种 些 点 位 名 家 的 地 得 了 着 过 吗 呢 吧 啊 呀 嘛 哦 么 之 \
    所 者 们 上 下 里 内 外 前 后 中 间 旁 边 一 二 三 四 五 六 七 八 九 十 两 百 千 万 年 月 日 时 分 号 天 今 现 已 再 曾 \
    正 能 会 要 想 可 应 须 需 人 大 小 好 新 老 看 找 问 求 收 交 买 卖 住 开 建 设 搞 办 用 打 出 进 起 成 变 作 像 如 先 \
    快 早 晚 长 高 低 近 远 原 号线 小区 社区 街道 片区 有何 市委 省委";

/// Words that may stand left of a place name in a sentence and never belong to it.
pub static EDGE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| EDGE_LIST.split_whitespace().collect());

const EDGE_LIST: &str = "\
    位于 座落 坐落 地处 处于 来自 居住 入住 购买 购房 买房 购置 定购 认购 销售 出售 开盘 开发 建设 修建 新建 增设 设立 设置 \
    开设 开通 取消 关闭 拆除 整治 治理 整改 规划 改造 加快 推进 启动 停工 反对 坚决反对 维护 保护 举办 经营 组织 强制 违规 \
    违法 非法 违反 涉嫌 私自 擅自 占用 侵占 破坏 拖欠 收取 缴纳 办理 申请 联系 来到 回到 进入 前往 途经 途径 经由 附近 周边 \
    周围 旁边 对面 门口 楼下 隔壁 沿线 沿路 南面 北面 东面 西面 里面 外面 前面 后面 中间 紧邻 紧靠 毗邻 靠近 邻近 名叫 名为 \
    叫做 以及 包括 还有 包含 关于 作为 叫 邻 住在 家住 在 某某 整个 全体 其他 另一 同一 所在 当地 本地 公办 民办 私立 公立 \
    普通 优质 配套 安置 商品房 业主 住户 居民 开发商 物业 员工 职工 学生 家长 孩子 小孩 老师 老人 村民 地铁 公交 公交车 轻轨 \
    高铁 城轨 号线 一期 二期 三期 四期 期 栋 楼 室 座 层 号 单元 万 元 平方 平方米 米 公里 余 多";

/// Everyday words that end like a name of a place but name no one place.
pub static PLAIN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| PLAIN_LIST.split_whitespace().collect());

const PLAIN_LIST: &str = "\
    马路 道路 公路 铁路 线路 网路 电路 套路 思路 出路 门路 一路 半路 路路 公园 校园 家园 田园 乐园 花园 医院 法院 检察院 \
    国务院 住院 出院 学院 剧院 影院 庭院 院 城 城市 市 进城 全城 商城 本城 政府 市政府 县政府 区政府 人民政府 省政府 法庭 \
    家庭 开庭 出庭 农村 乡村 全村 本村 新村 村 城镇 乡镇 小镇 村镇 集镇 镇 乡 家乡 故乡 老乡 下乡 城乡 社 邻居 民居 旧居 \
    定居 安居 移居 网站 车站 到站 站 桥 湖 山 江 河 溪 洲 爬山 火山 江山 过江 上江 学校 母校 我校 高校 本校 全校 驾校 院校 \
    党校 中校 宾馆 旅馆 饭馆 餐馆 茶馆 场馆 图书馆 博物馆 体育馆 店 商店 门店 饭店 酒店 药店 书店 网店 开店 本店 小店 夜店 \
    厂 工厂 药厂 电厂 水厂 进厂 出厂 家里 这里 那里 哪里 心里 夜里 手里 眼里 公里 屋里 车里 城里 村里 嘴里 里 店里 校里 厂里 \
    街 大街 逛街 上街 路 街路 巷 小巷 一带一路 同居 池塘 鱼塘 主人公 居 分居 群居 群租 里弄 一院 二院 大院 小院 本院 出城 \
    地府 官府 首府 加油站 变电站 垃圾站 中转站 收费站 充电站 服务站 保健站 供电站 发电站 水电站 泵站 换乘站 总站 分站 \
    进站 出站 本站 首末站 终点站 起点站 菜园 果园 茶园 麻将馆 公交线路 地铁线路 江湖 港湾 海港 渔港 停车坪 草坪 地坪 江边 \
    住校 到校 返校 在校 进校 离校 山庄 村庄 作坊 牌坊 书房 山岭 城中村 文明村 新农村";

/// Two-character ends of words in 区 or 县 that are no district of a city.
pub static NO_AREA: LazyLock<HashSet<&'static str>> = LazyLock::new(|| NO_AREA_LIST.split_whitespace().collect());

const NO_AREA_LIST: &str = "\
    小区 社区 地区 园区 片区 景区 校区 城区 新区 郊区 市区 辖区 库区 厂区 发区 各县 本县 全县 山区 矿区 灾区 老区 特区 住区 \
    我县 我区 全区 本区 高新区 自治区 每区 域区 业区 游区 活区 商区 宅区 护区 工区 税区 服区 务区";

/// Kinds of places and bodies before which their name stands, the longest first.
pub static KINDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| KINDS_LIST.split_whitespace().collect());

const KINDS_LIST: &str = "\
    有限责任公司 农贸市场 商业广场 培训中心 培训学校 有限公司 购物中心 高速公路 产业园 俱乐部 健身房 公交站 分公司 卫生室 \
    卫生院 合作社 国际城 地铁站 委员会 客运站 居委会 工业园 幼儿园 开发区 村委会 步行街 汽车站 派出所 火车站 科技园 立交桥 \
    经开区 菜市场 项目部 高新区 高架桥 高铁站 一中 中学 书院 会所 佳苑 公司 公园 公寓 公路 公馆 初中 别墅 医院 名苑 商场 \
    园区 大厦 大学 大桥 大楼 大街 大道 学府 学校 学院 家园 宾馆 小区 小学 山庄 工厂 市场 广场 庄园 府邸 影城 影楼 新区 新城 \
    新村 新苑 水库 片区 社区 花园 街道 诊所 超市 路口 车站 酒店 酒楼 铁路 银行 隧道 雅苑 集团 饭店 驾校 高中 高速";

/// Last characters of names of places.
pub const SIGNS: &str = "路街巷弄里苑园院城府庭湾村镇乡屯寨庄坊邸阁轩居站桥湖山江河溪洲岛岭港坪塘冲垸校";

/// Those of [`PLAIN`] before which a name may nevertheless stand as a word of its own.
pub const BARE: &str = "城村镇乡桥湖山江河路街巷苑园府庭湾站院";
