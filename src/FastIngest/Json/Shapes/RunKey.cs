namespace FastIngest.Json.Shapes;

/// <summary>Describes the key that the records of a run share.</summary>
/// <param name="Bytes">
/// The number of leading bytes of a record that contain the whole key. They end with the day; the time after it may differ.
/// </param>
/// <param name="DayField">The index of the field that contains the day.</param>
public readonly record struct RunKey(int Bytes, int DayField);
