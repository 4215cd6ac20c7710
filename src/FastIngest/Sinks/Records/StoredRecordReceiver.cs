using FastIngest.Health;

namespace FastIngest.Sinks.Records;

/// <summary>Receives a stored record. The view is valid during the call only, and it has no <see cref="RecordView.Timestamp"/>.</summary>
internal delegate void StoredRecordReceiver(Category category, scoped in RecordView record);
