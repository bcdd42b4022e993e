//! The fields of each layer, and the column names that they are found under without a mapping.

use crate::layer::Layer;

/// What a field holds, as far as finding its format goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// An instant or a date.
    Time,
}

/// A field of a layer.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    /// Whether a file without it can't be read.
    pub required: bool,
    /// Besides `name`; compared without case, spaces and punctuation.
    pub synonyms: &'static [&'static str],
}

const fn text(name: &'static str, synonyms: &'static [&'static str]) -> Field {
    Field { name, kind: Kind::Text, required: false, synonyms }
}

const fn time(name: &'static str, synonyms: &'static [&'static str]) -> Field {
    Field { name, kind: Kind::Time, required: false, synonyms }
}

const fn required(field: Field) -> Field {
    Field { required: true, ..field }
}

// Not 序号: that is the number of the line in most sheets, and changes when they are sorted.
const SOURCE: &[&str] = &["id", "key", "编号", "标识", "主键"];
const NAME: &[&str] = &["名称", "姓名", "name_zh", "title"];
const PERSONS: &[&str] = &["人口", "人数", "家庭人口", "常住人口", "household_size", "members", "size"];
const VALID_FROM: &[&str] = &["启用日期", "生效日期", "开始日期", "建成日期", "from", "start"];
const VALID_TO: &[&str] = &["停用日期", "失效日期", "结束日期", "to", "end"];
const PHONE: &[&str] = &["电话", "手机", "手机号", "联系电话", "telephone", "mobile", "tel"];
const ADDRESS: &[&str] = &["地址", "住址", "门牌", "addr"];
const KIND: &[&str] = &["类型", "类别", "种类", "type"];
const STATUS: &[&str] = &["状态", "state"];
const AT: &[&str] = &["时间", "日期", "date", "time", "timestamp", "datetime"];
const PERSON: &[&str] = &["人员", "人员编号", "网格员", "走访人", "person_id", "worker", "visitor"];
const OUTCOME: &[&str] = &["结果", "情况", "result", "status", "状态"];
const PROGRAMME: &[&str] = &["项目", "活动名称", "活动", "program", "programme_id"];

const VILLAGES: &[Field] = &[
    text("name", &["名称", "村社区", "村名", "社区", "社区名称", "village", "village_name"]),
    text("code", &["编码", "代码", "区划代码", "村编码", "社区编码", "village_code"]),
    text("aliases", &["别名", "alias"]),
    text("scheme", &["编码规则"]),
];
const GRIDS: &[Field] = &[
    text("name", &["名称", "网格名称", "网格", "grid", "grid_name"]),
    text("code", &["编码", "代码", "网格编码", "grid_code"]),
    text("village", &["村社区", "所属村", "所属社区", "村", "社区", "village_code", "village_name", "parent"]),
    text("kind", &["类型", "网格类型", "类别", "type", "grid_kind"]),
    text("aliases", &["别名", "alias"]),
    text("scheme", &["编码规则"]),
];
const MICROGRIDS: &[Field] = &[
    text("name", &["名称", "微网格名称", "微网格", "microgrid", "microgrid_name"]),
    text("code", &["编码", "代码", "微网格编码", "microgrid_code"]),
    text("grid", &["网格", "所属网格", "网格编码", "grid_code", "grid_name", "parent"]),
    text("aliases", &["别名", "alias"]),
    text("scheme", &["编码规则"]),
];
const SQUARES: &[Field] = &[
    text("source", SOURCE),
    text("name", &["名称", "广场", "小广场", "广场名称", "square"]),
    text("evacuation_site", &["避难场所", "应急避难", "evacuation"]),
    time("valid_from", VALID_FROM),
    time("valid_to", VALID_TO),
];
const FACILITIES: &[Field] = &[
    text("source", SOURCE),
    required(text("square", &["广场", "所属广场", "小广场", "square_id", "square_name"])),
    required(text("kind", &["类型", "设施", "设施类型", "type", "facility"])),
    text("status", STATUS),
    time("valid_from", VALID_FROM),
    time("valid_to", VALID_TO),
];
const HOUSEHOLDS: &[Field] = &[
    required(text("source", &["id", "key", "户号", "户编号", "编号", "household", "household_id"])),
    text("persons", PERSONS),
    time("lived_in_from", &["入住日期", "入住时间", "moved_in"]),
    time("lived_in_to", &["迁出日期", "迁出时间", "moved_out"]),
    text("name", &["户主", "户主姓名", "姓名", "head", "householder"]),
    text("phone", PHONE),
    text("address", ADDRESS),
];
const DEVICES: &[Field] = &[
    required(text("source", &["id", "key", "设备编号", "编号", "device", "device_id"])),
    required(text("kind", KIND)),
    text("status", STATUS),
    time("last_seen", &["最后在线", "最后心跳", "last_online", "heartbeat"]),
    time("valid_from", VALID_FROM),
    time("valid_to", VALID_TO),
];
const PERSONS_LAYER: &[Field] = &[
    required(text("source", &["id", "key", "人员编号", "编号", "工号", "person", "person_id"])),
    text("name", NAME),
    text("phone", PHONE),
    text("address", ADDRESS),
];
const POSTS: &[Field] = &[
    text("source", SOURCE),
    required(text("person", &["人员", "人员编号", "工号", "person_id"])),
    required(text("role", &["角色", "职务", "岗位", "post"])),
    text("place", &["地点", "网格", "网格编码", "微网格", "grid", "microgrid", "place_code"]),
    required(time("from", &["任职日期", "开始日期", "上任日期", "start", "valid_from"])),
    time("to", &["离任日期", "结束日期", "end", "valid_to"]),
];
const REPORTS: &[Field] = &[
    required(text("source", &["id", "key", "工单号", "工单编号", "案件编号", "编号", "case", "report_id", "case_id"])),
    required(text("category", &["类别", "类型", "问题类型", "案件类型", "kind", "type"])),
    text("channel", &["来源", "渠道", "上报渠道"]),
    required(time(
        "submitted_at",
        &["上报时间", "提交时间", "创建时间", "受理时间", "created", "created_at", "createddate", "submitted"],
    )),
    time("closed_at", &["结案时间", "办结时间", "完成时间", "closed", "closeddate"]),
    text("state", &["状态", "status"]),
    text("label", &["网格", "所属网格", "district"]),
    text("text", &["内容", "描述", "问题描述", "description", "content"]),
    text("reporter", &["上报人", "反映人", "诉求人"]),
    text("phone", PHONE),
    text("address", ADDRESS),
];
const CASE_EVENTS: &[Field] = &[
    required(text("case", &["工单号", "工单编号", "案件编号", "编号", "case_id", "report", "report_id", "source"])),
    text("transition", &["环节", "动作", "状态", "event", "state", "status"]),
    time("at", AT),
    text("actor", &["处理人", "经办人", "操作人", "by", "user"]),
];
const VISITS: &[Field] = &[
    text("source", SOURCE),
    required(text("household", &["户号", "户编号", "household_id", "place"])),
    required(time("at", &["走访时间", "走访日期", "时间", "日期", "date", "time", "visited_at"])),
    text("outcome", OUTCOME),
    text("programme", PROGRAMME),
    text("person", PERSON),
];
const ACTIVITIES: &[Field] = &[
    text("source", SOURCE),
    required(text("square", &["广场", "小广场", "地点", "square_id", "place"])),
    required(time("at", AT)),
    text("outcome", OUTCOME),
    required(text("programme", PROGRAMME)),
    text("person", PERSON),
    text("attendance", &["参加人数", "人数", "participants"]),
];
const PATROLS: &[Field] = &[
    text("source", SOURCE),
    required(text("grid", &["网格", "网格编码", "grid_code", "place"])),
    required(time("at", &["巡查时间", "巡查日期", "时间", "日期", "date", "time"])),
    text("outcome", OUTCOME),
    text("programme", PROGRAMME),
    text("person", PERSON),
];

/// The fields of `layer`.
#[must_use]
pub const fn fields(layer: Layer) -> &'static [Field] {
    match layer {
        Layer::Villages => VILLAGES,
        Layer::Grids => GRIDS,
        Layer::MicroGrids => MICROGRIDS,
        Layer::Squares => SQUARES,
        Layer::Facilities => FACILITIES,
        Layer::Households => HOUSEHOLDS,
        Layer::Devices => DEVICES,
        Layer::Persons => PERSONS_LAYER,
        Layer::Posts => POSTS,
        Layer::Reports => REPORTS,
        Layer::CaseEvents => CASE_EVENTS,
        Layer::Visits => VISITS,
        Layer::Activities => ACTIVITIES,
        Layer::Patrols => PATROLS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::position::folded;
    use std::collections::HashMap;

    #[test]
    fn no_column_name_means_two_fields_of_a_layer() {
        for &layer in Layer::ALL {
            let mut owners: HashMap<String, &str> = HashMap::new();
            for field in fields(layer) {
                for name in field.synonyms.iter().chain([&field.name]) {
                    let owner = owners.entry(folded(name)).or_insert(field.name);
                    assert_eq!(*owner, field.name, "{layer}: {name}");
                }
            }
        }
    }
}
