namespace FastIngest.Json.Shapes;

/// <summary>The key that the records of a run share.</summary>
/// <param name="Bytes">The first bytes of a record that hold all of it, up to and with the day; the time behind may differ.</param>
/// <param name="DayField">The field that the day stands in.</param>
public readonly record struct RunKey(int Bytes, int DayField);
