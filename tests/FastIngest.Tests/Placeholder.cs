namespace FastIngest.Tests;
public class Placeholder { [Fact] public void A() => Assert.True(DateTime.UtcNow.Year > 2000); }
