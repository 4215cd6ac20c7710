using System.Text;
using FastIngest.Health;

namespace FastIngest.Tests.Health;

public class RecordScopeTests
{
    private static readonly PseudonymKey Key = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    [Theory]
    [InlineData(Category.Users, true, false)]
    [InlineData(Category.Samples, false, true)]
    [InlineData(Category.Workouts, false, false)]
    public void The_name_of_a_profile_and_the_source_of_a_sample_get_pseudonyms(Category category, bool changesFirst, bool changesSecond)
    {
        RecordScope scope = RecordScope.Create(null, Key)!;
        for (int i = 0; i < 2; i++)
        {
            RecordView record = new() { UserId = "ada"u8, Text0 = "first"u8, Text1 = "Ada's Watch"u8 };
            Assert.True(scope.TryEnter(ref record, category));
            Assert.Equal(Key.OfUser("ada"), Encoding.UTF8.GetString(record.UserId));
            Assert.Equal(changesFirst ? Key.OfName("first"u8) : "first"u8.ToArray(), record.Text0.ToArray());
            Assert.Equal(changesSecond ? Key.OfName("Ada's Watch"u8) : "Ada's Watch"u8.ToArray(), record.Text1.ToArray());
        }
    }

    [Fact]
    public void A_sample_without_a_source_keeps_none()
    {
        RecordView record = new() { UserId = "ada"u8, Text0 = "steps"u8 };
        Assert.True(RecordScope.Create(null, Key)!.TryEnter(ref record, Category.Samples));
        Assert.True(record.Text1.IsEmpty);
    }
}
