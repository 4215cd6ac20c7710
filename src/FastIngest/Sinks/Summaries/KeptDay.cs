using FastIngest.Health;

namespace FastIngest.Sinks.Summaries;

/// <summary>A day of a user whose stored readings stay, see <see cref="OnFewer.Keep"/>.</summary>
/// <param name="UserId">The user's id in UTF-8.</param>
/// <param name="Day">Days since 0001-01-01.</param>
/// <param name="Categories">The categories whose readings stay: bit <c>1 &lt;&lt; category</c> is set.</param>
internal sealed record KeptDay(byte[] UserId, int Day, byte Categories)
{
    public bool Has(Category category) => (Categories >> (int)category & 1) != 0;
}
