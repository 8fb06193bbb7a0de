#include "emulator/table/table_description.h"

#include "emulator/table/throughput_rules.h"

namespace understudy {

namespace {

std::string_view status_name(TableStatus status) {
  switch (status) {
    case TableStatus::kCreating:
      return "CREATING";
    case TableStatus::kActive:
      return "ACTIVE";
    case TableStatus::kUpdating:
      return "UPDATING";
    case TableStatus::kDeleting:
      return "DELETING";
  }
  return "";
}

std::string_view status_name(IndexStatus status) {
  switch (status) {
    case IndexStatus::kCreating:
      return "CREATING";
    case IndexStatus::kActive:
      return "ACTIVE";
    case IndexStatus::kUpdating:
      return "UPDATING";
    case IndexStatus::kDeleting:
      return "DELETING";
  }
  return "";
}

/// Epoch seconds to the millisecond.
void write_time(JsonWriter& out, std::string_view key, Microseconds time) {
  out.key(key);
  const Microseconds milliseconds = time / 1000;
  out.decimal(static_cast<double>(milliseconds) / 1000.0);
}

void write_string(JsonWriter& out, std::string_view key, std::string_view value) {
  out.key(key);
  out.string(value);
}

void write_integer(JsonWriter& out, std::string_view key, std::int64_t value) {
  out.key(key);
  out.integer(value);
}

void write_attribute_definitions(JsonWriter& out, const std::vector<KeyAttribute>& attributes) {
  out.key("AttributeDefinitions");
  out.begin_array();
  for (const KeyAttribute& attribute : attributes) {
    out.begin_object();
    write_string(out, "AttributeName", attribute.name);
    write_string(out, "AttributeType", type_name(attribute.type));
    out.end_object();
  }
  out.end_array();
}

void write_key_part(JsonWriter& out, const std::vector<KeyAttribute>& part, std::string_view type) {
  for (const KeyAttribute& attribute : part) {
    out.begin_object();
    write_string(out, "AttributeName", attribute.name);
    write_string(out, "KeyType", type);
    out.end_object();
  }
}

void write_key_schema(JsonWriter& out, const KeySchema& keys) {
  out.key("KeySchema");
  out.begin_array();
  write_key_part(out, keys.partition, "HASH");
  write_key_part(out, keys.sort, "RANGE");
  out.end_array();
}

void write_throughput(JsonWriter& out, const ProvisionedThroughput& provisioned, Microseconds now) {
  out.key("ProvisionedThroughput");
  out.begin_object();
  if (provisioned.last_increase) {
    write_time(out, "LastIncreaseDateTime", *provisioned.last_increase);
  }
  if (provisioned.last_decrease) {
    write_time(out, "LastDecreaseDateTime", *provisioned.last_decrease);
  }
  write_integer(out, "NumberOfDecreasesToday", decreases_today(provisioned, now));
  write_integer(out, "ReadCapacityUnits", provisioned.units.read);
  write_integer(out, "WriteCapacityUnits", provisioned.units.write);
  out.end_object();
}

void write_on_demand(JsonWriter& out, const std::optional<OnDemandThroughput>& limits) {
  if (!limits || (!limits->max_read && !limits->max_write)) {
    return;
  }
  out.key("OnDemandThroughput");
  out.begin_object();
  if (limits->max_read) {
    write_integer(out, "MaxReadRequestUnits", *limits->max_read);
  }
  if (limits->max_write) {
    write_integer(out, "MaxWriteRequestUnits", *limits->max_write);
  }
  out.end_object();
}

void write_warm(JsonWriter& out, const WarmThroughput& warm) {
  out.key("WarmThroughput");
  out.begin_object();
  write_integer(out, "ReadUnitsPerSecond", warm.units.read);
  write_integer(out, "WriteUnitsPerSecond", warm.units.write);
  write_string(out, "Status", warm.updating ? "UPDATING" : "ACTIVE");
  out.end_object();
}

void write_projection(JsonWriter& out, const IndexSettings& index) {
  out.key("Projection");
  out.begin_object();
  write_string(out, "ProjectionType", projection_type_name(index.projection));
  if (!index.non_key_attributes.empty()) {
    out.key("NonKeyAttributes");
    out.begin_array();
    for (const std::string& name : index.non_key_attributes) {
      out.string(name);
    }
    out.end_array();
  }
  out.end_object();
}

void write_index(JsonWriter& out, const IndexSettings& index, const TableView::Counts& counts,
                 DescriptionKind kind, Microseconds now) {
  out.begin_object();
  write_string(out, "IndexName", index.name);
  write_key_schema(out, index.keys);
  write_projection(out, index);
  if (index.global) {
    write_string(out, "IndexStatus", status_name(index.status));
    // Three states: absent for indexes that came with their table. Source: DDB-TABLE-138.
    if (index.status == IndexStatus::kCreating && index.added_later) {
      out.key("Backfilling");
      out.boolean(index.backfilling);
    }
    write_throughput(out, index.provisioned, now);
    write_on_demand(out, index.on_demand);
    if (kind != DescriptionKind::kCreating) {
      write_warm(out, index.warm);
    }
  }
  write_integer(out, "IndexSizeBytes", static_cast<std::int64_t>(counts.bytes));
  write_integer(out, "ItemCount", static_cast<std::int64_t>(counts.items));
  write_string(out, "IndexArn", index.arn);
  out.end_object();
}

void write_indexes(JsonWriter& out, const TableView& view, bool global, DescriptionKind kind,
                   Microseconds now) {
  bool begun = false;
  for (std::size_t i = 0; i < view.settings->indexes.size(); ++i) {
    const IndexSettings& index = view.settings->indexes[i];
    if (index.global != global) {
      continue;
    }
    if (!begun) {
      out.key(global ? "GlobalSecondaryIndexes" : "LocalSecondaryIndexes");
      out.begin_array();
      begun = true;
    }
    write_index(out, index, view.indexes[i], kind, now);
  }
  if (begun) {
    out.end_array();
  }
}

void write_billing_mode(JsonWriter& out, const TableSettings& settings) {
  if (!settings.billing_mode_summary) {
    return;
  }
  out.key("BillingModeSummary");
  out.begin_object();
  write_string(out, "BillingMode", billing_mode_name(settings.billing_mode));
  if (settings.pay_per_request_since) {
    write_time(out, "LastUpdateToPayPerRequestDateTime", *settings.pay_per_request_since);
  }
  out.end_object();
}

void write_stream(JsonWriter& out, const TableSettings& settings) {
  if (settings.stream) {
    out.key("StreamSpecification");
    out.begin_object();
    out.key("StreamEnabled");
    out.boolean(true);
    write_string(out, "StreamViewType", stream_view_type_name(*settings.stream));
    out.end_object();
  }
  if (!settings.stream_arn.empty()) {
    write_string(out, "LatestStreamLabel", settings.stream_label);
    write_string(out, "LatestStreamArn", settings.stream_arn);
  }
}

void write_rest(JsonWriter& out, const TableSettings& settings) {
  if (!settings.kms_key_arn.empty() || settings.encryption_updating) {
    out.key("SSEDescription");
    out.begin_object();
    write_string(out, "Status", settings.encryption_updating ? "UPDATING" : "ENABLED");
    if (!settings.kms_key_arn.empty()) {
      write_string(out, "SSEType", "KMS");
      write_string(out, "KMSMasterKeyArn", settings.kms_key_arn);
    }
    out.end_object();
  }
  if (settings.table_class_summary) {
    out.key("TableClassSummary");
    out.begin_object();
    write_string(out, "TableClass", table_class_name(settings.table_class));
    if (settings.table_class_changed) {
      write_time(out, "LastUpdateDateTime", *settings.table_class_changed);
    }
    out.end_object();
  }
  out.key("DeletionProtectionEnabled");
  out.boolean(settings.deletion_protection);
}

}  // namespace

std::string_view billing_mode_name(BillingMode mode) {
  return mode == BillingMode::kProvisioned ? "PROVISIONED" : "PAY_PER_REQUEST";
}

std::string_view stream_view_type_name(StreamViewType type) {
  switch (type) {
    case StreamViewType::kKeysOnly:
      return "KEYS_ONLY";
    case StreamViewType::kNewImage:
      return "NEW_IMAGE";
    case StreamViewType::kOldImage:
      return "OLD_IMAGE";
    case StreamViewType::kNewAndOldImages:
      return "NEW_AND_OLD_IMAGES";
  }
  return "";
}

std::string_view projection_type_name(ProjectionType type) {
  switch (type) {
    case ProjectionType::kAll:
      return "ALL";
    case ProjectionType::kKeysOnly:
      return "KEYS_ONLY";
    case ProjectionType::kInclude:
      return "INCLUDE";
  }
  return "";
}

std::string_view table_class_name(TableClass table_class) {
  return table_class == TableClass::kStandard ? "STANDARD" : "STANDARD_INFREQUENT_ACCESS";
}

void write_table_description(JsonWriter& out, const TableView& view, DescriptionKind kind,
                             Microseconds now) {
  const TableSettings& settings = *view.settings;
  const bool whole = kind != DescriptionKind::kDeleting;
  out.begin_object();
  if (whole) {
    write_attribute_definitions(out, settings.attributes);
  }
  write_string(out, "TableName", settings.name);
  if (whole) {
    write_key_schema(out, settings.keys);
  }
  write_string(out, "TableStatus", status_name(view.status));
  if (whole) {
    write_time(out, "CreationDateTime", settings.created);
  }
  write_throughput(out, settings.provisioned, now);
  write_integer(out, "TableSizeBytes", static_cast<std::int64_t>(view.table.bytes));
  write_integer(out, "ItemCount", static_cast<std::int64_t>(view.table.items));
  write_string(out, "TableArn", settings.arn);
  write_string(out, "TableId", settings.id);
  write_billing_mode(out, settings);
  if (whole) {
    write_indexes(out, view, false, kind, now);
    write_indexes(out, view, true, kind, now);
    write_on_demand(out, settings.on_demand);
    // Source: DDB-TABLE-033.
    if (kind == DescriptionKind::kWhole || settings.warm.requested) {
      write_warm(out, settings.warm);
    }
  }
  write_stream(out, settings);
  write_rest(out, settings);
  out.end_object();
}

}  // namespace understudy
