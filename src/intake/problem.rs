//! What can be wrong with a row, or odd about it.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// Why a row was rejected, or what was odd about one that was accepted.
    Problem, "problem" {
        UnreadableRow => "unreadable_row", "行无法读取", "the row can't be read";
        MissingValue => "missing_value", "缺少必填值", "a required value is missing";
        UnknownValue => "unknown_value", "值未在映射中定义", "a value that the mapping doesn't know";
        UnknownWord => "unknown_word", "不认识的词", "a word that the field doesn't know";
        NotANumber => "not_a_number", "不是数字", "not a number";
        BadTime => "bad_time", "时间或日期无法识别", "a time or date that can't be read";
        InFuture => "in_future", "时间在未来", "a time that has not come yet";
        EndsBeforeStart => "ends_before_start", "结束早于开始", "it ends before it starts";
        TooLong => "too_long", "文字过长", "too long a text";
        ControlCharacter => "control_character", "含有控制字符", "a control character in a text";
        BadCode => "bad_code", "编码不合规", "a code that breaks its scheme";
        CodeOfAnother => "code_of_another", "编码与所在上级的编码不符", "a code that does not begin with that of the place above";
        DuplicateId => "duplicate_id", "标识重复", "an id that an earlier row has";
        NoGeometry => "no_geometry", "没有图形", "no geometry";
        BadGeometry => "bad_geometry", "图形无法使用", "a geometry that can't be used";
        NoCoordinates => "no_coordinates", "没有坐标", "no coordinates";
        BadCoordinates => "bad_coordinates", "坐标无效（按无坐标接收）", "coordinates that are no place (taken in without)";
        SwappedCoordinates => "swapped_coordinates", "经纬度可能颠倒", "longitude and latitude look swapped";
        OutsideArea => "outside_area", "坐标在辖区之外", "coordinates outside the area";
        TruncatedCoordinates => "truncated_coordinates", "坐标被截断（位数过少）", "coordinates cut to few digits";
        IdenticalCoordinates => "identical_coordinates", "大量坐标相同", "many rows with the same coordinates";
        WrongDatum => "wrong_datum", "坐标系可能不对", "the points fit better under another datum";
        ClosedBeforeCreated => "closed_before_created", "结案早于提交", "closed before it was submitted";
        BeforeSubmitted => "before_submitted", "早于提交", "something happened to it before it was submitted";
        StateDisagrees => "state_disagrees", "状态与结案时间不一致", "a close date, but the state says otherwise";
        LocalTimeTwice => "local_time_twice", "本地时间出现两次（时钟回拨）", "a local time that occurred twice (clocks went back)";
        LocalTimeNever => "local_time_never", "本地时间不存在（时钟拨快）", "a local time that never was (clocks went forward)";
        GeometryRepaired => "geometry_repaired", "图形已修复", "geometry repaired";
        BoundaryOverlap => "boundary_overlap", "边界重叠", "boundaries overlap";
        BoundaryGap => "boundary_gap", "边界之间有空隙", "a gap between boundaries";
        OutsideParent => "outside_parent", "超出上级边界", "outside the place that it is part of";
        UnknownParent => "unknown_parent", "上级不存在", "the place that it is part of isn't known";
        Uncovered => "uncovered", "上级有未被划分的部分", "a part of the place above lies in none of these";
        KeptInForce => "kept_in_force", "现行但不在已接收的行中；因有被拒绝的行，保留不变", "in force but in no accepted row: kept as it is, since rows were rejected";
        Retired => "retired", "现行但文件中没有的，停用", "in force until now but not in the file: retired";
        ParentRetired => "parent_retired", "上级已撤销（改归所在的新上级）", "the place that it was part of is retired: now part of where it lies";
    }
}
