using System.Text.Json.Serialization;

namespace FastIngest.Pipeline.Tasks;

/// <summary>Reads and writes the JSON files of a work folder, without reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RunPlan))]
[JsonSerializable(typeof(MapResult))]
[JsonSerializable(typeof(CheckResult))]
[JsonSerializable(typeof(ReduceResult))]
[JsonSerializable(typeof(FinishResult))]
internal sealed partial class TaskJson : JsonSerializerContext;
